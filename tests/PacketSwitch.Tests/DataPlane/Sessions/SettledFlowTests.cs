// A flow whose frames are forwarded by its entry alone must behave as if every frame had asked for
// everything: what changes for it is seen by the next frame.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class SettledFlowTests : IDisposable
{
    private const uint C = TcpDialog.ClientStart + 1;
    private static readonly uint S = TcpDialog.ServerStart + 1; // It wraps soon.

    private readonly TcpDialog _tcp = new();

    public SettledFlowTests()
    {
        _tcp.Establish();
        Assert.True(_tcp.Client(TcpFlags.Ack, C, S, payload: 10));
        Assert.True(_tcp.Server(TcpFlags.Ack, S, C + 10, payload: 20));
        Assert.Equal((true, true), (IsSettled(true), IsSettled(false)));
    }

    public void Dispose() => _tcp.Dispose();

    private bool IsSettled(bool fromClient)
        => (_tcp.Entry(fromClient).Path & FlowPath.Settled) != 0;

    [Fact]
    public void A_half_open_connection_is_not_settled()
    {
        using var tcp = new TcpDialog();

        Assert.True(tcp.Client(TcpFlags.Syn, TcpDialog.ClientStart));
        Assert.True(tcp.Server(TcpFlags.Syn | TcpFlags.Ack, TcpDialog.ServerStart, C));

        Assert.Equal(0UL, tcp.Entry(true).Path & FlowPath.Settled);
        Assert.Equal(0UL, tcp.Entry(false).Path & FlowPath.Settled);
    }

    [Fact]
    public void Its_numbers_and_counters_are_kept()
    {
        (uint packets, uint bytes) = (_tcp.Entry(true).Packets, _tcp.Entry(true).BytesLow);

        Assert.True(_tcp.Client(TcpFlags.Ack, C + 10, S + 20, payload: 30, window: 777));

        FlowEntry<Ipv4Address> entry = _tcp.Entry(true);
        Assert.Equal((packets + 1, bytes + 54 + 30), (entry.Packets, entry.BytesLow));
        Assert.Equal((C + 40, S + 20, (ushort)777),
            (entry.SequenceEnd, entry.Acknowledged, entry.Window));
        Assert.Equal(Ticks.At(_tcp.NowNs), entry.LastSeen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fin_unsettles_both_directions(bool fromClient)
    {
        Assert.True(fromClient
            ? _tcp.Client(TcpFlags.Fin | TcpFlags.Ack, C + 10, S + 20)
            : _tcp.Server(TcpFlags.Fin | TcpFlags.Ack, S + 20, C + 10));

        Assert.Equal(TcpStage.Closing, _tcp.Stage);
        Assert.Equal((false, false), (IsSettled(true), IsSettled(false)));
    }

    [Fact]
    public void Who_goes_on_behind_a_reset_in_doubt_revives_the_connection_and_settles_it_again()
    {
        Assert.True(_tcp.Client(TcpFlags.Rst, C + 10 + 5));
        Assert.Equal((TcpStage.Closed, false), (_tcp.Stage, IsSettled(false)));

        Assert.True(_tcp.Server(TcpFlags.Ack, S + 20, C + 10, payload: 1));

        Assert.Equal((TcpStage.Established, true), (_tcp.Stage, IsSettled(false)));
    }

    [Fact]
    public void A_client_that_has_moved_gets_its_answers_where_it_is()
    {
        _tcp.ClientMac = new MacAddress(0x0200_0000_0099);

        Assert.True(_tcp.Client(TcpFlags.Ack, C + 10, S + 20));

        Assert.Equal(_tcp.ClientMac.Value, FlowPath.MacOf(_tcp.Entry(true).Path));
        Assert.Equal(_tcp.ClientMac.Value, FlowPath.MacOf(_tcp.Entry(false).Path));
    }

    [Fact]
    public void A_frame_the_port_does_not_send_is_a_drop()
    {
        FrameDescriptor[] others = TestFrames.Describe(TestFrames.MakeMany(64));
        while (_tcp.ServerSide.Send(others) > 0)
        {
        }
        LoopCounters counters = _tcp.Loop.Counters;
        long transmitted = counters.Transmitted;

        _tcp.PutClient(TcpFlags.Ack, C + 10, S + 20);
        _tcp.PutClient(TcpFlags.Ack, C + 10, S + 20, payload: 1);
        _tcp.Pass();

        Assert.Equal(
            (transmitted, 2L), (counters.Transmitted, _tcp.Dropped(DropReason.SendFailed)));
    }

    [Fact]
    public void A_failed_server_gets_no_further_frame()
    {
        _tcp.Publish(now => now with
        {
            RealStates = [.. now.RealStates.Select(_ => RealState.Gone)],
        });

        Assert.False(_tcp.Client(TcpFlags.Ack, C + 10, S + 20));

        Assert.Equal((0, 1), (_tcp.Sessions, _tcp.Dropped(DropReason.ServerGone)));
    }

    [Fact]
    public void It_ends_when_it_was_silent_for_its_time()
    {
        _tcp.NowNs += (_tcp.TimeoutSeconds + 1) * 1_000_000_000L;

        Assert.False(_tcp.Client(TcpFlags.Ack, C + 10, S + 20));

        Assert.Equal(0, _tcp.Sessions);
    }

    [Fact]
    public void Octets_beyond_32_bits_are_counted()
    {
        _tcp.Entry(false).BytesLow = uint.MaxValue - 10;

        Assert.True(_tcp.Server(TcpFlags.Ack, S + 20, C + 10, payload: 100));

        Assert.Equal(
            uint.MaxValue - 10L + 54 + 100,
            _tcp.State.BytesOf(_tcp.Entry(false).BytesLow, fromClient: false));
        Assert.Equal(0, _tcp.State.ClientBytesHigh);
    }

    [Fact]
    public void The_shortest_idle_time_is_that_of_the_shortest_session()
    {
        using var table = new SessionTable<Ipv4Address>(4, 1, new EpochDomain());

        table.NoteIdle(100);
        table.NoteIdle(7);
        table.NoteIdle(50);

        Assert.Equal(7, table.ShortestIdle);
    }
}
