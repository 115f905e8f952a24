// Resets that lie outside the plain window and are right all the same: a busy network sends them
// whenever one side gives up while data of the other is on its way.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class TcpResetTests : IDisposable
{
    private readonly TcpDialog _tcp = new();

    public void Dispose() => _tcp.Dispose();

    [Fact]
    public void A_reset_behind_a_fin_may_bear_the_fins_own_number()
    {
        _tcp.Establish();
        uint fin = TcpDialog.ClientStart + 1;
        Assert.True(_tcp.Client(TcpFlags.Fin | TcpFlags.Ack, fin, TcpDialog.ServerStart + 1));
        Assert.True(_tcp.Server(TcpFlags.Ack, TcpDialog.ServerStart + 1, fin + 1, payload: 100));

        bool passed = _tcp.Client(TcpFlags.Rst, fin);

        Assert.True(passed);
        Assert.Equal(TcpStage.Closed, _tcp.Stage);
        Assert.Equal(0, _tcp.Dropped(DropReason.RstOutOfWindow));
    }

    [Fact]
    public void Resets_of_segments_that_were_on_their_way_pass_when_the_connection_is_closed()
    {
        _tcp.Establish();
        uint next = TcpDialog.ClientStart + 1;
        uint answer = TcpDialog.ServerStart + 1;
        Assert.True(_tcp.Client(TcpFlags.Ack, next, answer, payload: 200));
        Assert.True(_tcp.Server(TcpFlags.Ack, answer, next, payload: 100));
        Assert.True(_tcp.Server(TcpFlags.Ack, answer + 100, next + 200, payload: 100));
        Assert.True(_tcp.Client(TcpFlags.Rst | TcpFlags.Ack, next + 200, answer));

        bool passed = _tcp.Client(TcpFlags.Rst, next); // Of the first segment of the server's two.

        Assert.True(passed);
        Assert.Equal(TcpStage.Closed, _tcp.Stage);
        Assert.Equal(0, _tcp.Dropped(DropReason.RstOutOfWindow));
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void A_scaled_window_may_end_one_step_later_than_announced(int beyond, bool isBelieved)
    {
        byte[] scale = [3, 3, 7, 1];
        Assert.True(_tcp.Client(TcpFlags.Syn, TcpDialog.ClientStart, options: scale));
        uint next = TcpDialog.ClientStart + 1;
        const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
        Assert.True(_tcp.Server(SynAck, TcpDialog.ServerStart, next, options: scale));
        Assert.True(_tcp.Client(TcpFlags.Ack, next, TcpDialog.ServerStart + 1));
        Assert.True(_tcp.Server(TcpFlags.Ack, TcpDialog.ServerStart + 1, next, window: 10));

        bool passed = _tcp.Client(TcpFlags.Rst, next + (10 << 7) + (uint)beyond);

        Assert.Equal(isBelieved, passed);
        Assert.Equal(isBelieved ? TcpStage.Closed : TcpStage.Established, _tcp.Stage);
    }
}
