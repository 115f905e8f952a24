// Which connections are given to the offload, when they are taken back, and that nothing of what
// was carried there is missing afterwards.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Offload;

public sealed class OffloadKeeperTests : IDisposable
{
    private const int FramesUntilTaken = (int)OffloadKeeper.FramesMask + 1;
    private const uint ClientData = TcpDialog.ClientStart + 1;
    private const uint ServerData = unchecked(TcpDialog.ServerStart + 1);
    private const int Bytes = 100;
    private const TcpFlags Data = TcpFlags.Ack | TcpFlags.Psh;

    private readonly MemoryOffload _offload = new();
    private readonly TcpDialog _dialog;
    private uint _next = ClientData;

    public OffloadKeeperTests() => _dialog = new TcpDialog(offload: _offload).Establish();

    public void Dispose() => _dialog.Dispose();

    [Fact]
    public void A_connection_is_taken_once_it_is_long_and_not_before()
    {
        SendData(FramesUntilTaken - 3); // SYN and acknowledgement count.
        Assert.Empty(_offload.Taken);

        SendData(1);

        (OffloadedFlow client, OffloadedFlow server) = _offload.Taken[1];
        Ipv4Address real = _dialog.Entry(fromClient: false).Key.Source;
        Assert.Equal(1u, _dialog.State.Offload);
        Assert.Equal(TestFlows.Vip, client.Ends.Destination.V4.Value);
        Assert.Equal(real, client.NewEnds.Destination.V4);
        Assert.Equal(client.Ends.Source, client.NewEnds.Source);
        Assert.Equal((8, 1, 1514), (client.IngressPort, client.EgressPort, client.MaxFrameBytes));
        Assert.Equal(_dialog.ClientMac, client.SourceMac);
        Assert.Equal(real, server.Ends.Source.V4);
        Assert.Equal(TestFlows.Vip, server.NewEnds.Source.V4.Value);
        Assert.Equal((1, 8), (server.IngressPort, server.EgressPort));
        Assert.Equal(_dialog.ClientMac, server.NewDestinationMac);
        Assert.Equal(_next, client.SequenceEnd);
        Assert.Equal(_next, server.Acknowledged + (_next - ClientData));
    }

    [Fact]
    public void What_the_loops_have_sent_is_told_after_each_burst()
    {
        Take();
        SendData(2);

        Assert.Equal(_next, _offload.SentTo[(1, true)]);
        Assert.True(_dialog.Server(Data, ServerData, _next, payload: Bytes));
        Assert.Equal(unchecked(ServerData + Bytes), _offload.SentTo[(1, false)]);
    }

    [Fact]
    public void What_was_carried_counts_as_received_sent_and_seen()
    {
        Take();
        LoopCounters counters = _dialog.Loop.Counters;
        (long received, long sent, long to) =
            (counters.Received, counters.Transmitted, counters.Reals[1].PacketsTo);
        uint packets = _dialog.Entry(true).Packets;
        _offload.Carry(1, fromClient: true, 1000, _next + 5000, ServerData, 77);
        _offload.Fail(1, fromClient: true, 3);

        Pass(seconds: 0.2);

        Assert.Equal((received + 1000, sent + 997), (counters.Received, counters.Transmitted));
        Assert.Equal(3, counters.Dropped[(int)DropReason.SendFailed]);
        Assert.Equal((1000, to + 1000), (counters.Offloaded, counters.Reals[1].PacketsTo));
        FlowEntry<Ipv4Address> entry = _dialog.Entry(true);
        Assert.Equal((packets + 1000, _next + 5000, (ushort)77),
            (entry.Packets, entry.SequenceEnd, entry.Window));
        Assert.Equal(Ticks.At(_dialog.NowNs), entry.LastSeen);
    }

    [Fact]
    public void A_carried_connection_does_not_grow_old_while_it_is_used()
    {
        Take();
        for (int i = 0; i < 200; i++)
        {
            _offload.Carry(1, fromClient: true, 1, _next, ServerData, 77);
            Pass(seconds: 9);
            _dialog.Wait(0);
            Assert.Equal(1, _dialog.Sessions);
        }
        Assert.Single(_offload.Taken);

        Pass(seconds: 10);
        Assert.Empty(_offload.Taken);
        Pass(seconds: 591);
        _dialog.Wait(0);
        Assert.Equal(0, _dialog.Sessions);
    }

    // The loops have not seen the numbers on which the FIN and the RST stand.
    [Theory]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, TcpStage.Closing)]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack, TcpStage.Closed)]
    public void An_end_is_judged_by_the_numbers_that_were_carried(TcpFlags flags, TcpStage stage)
    {
        Take();
        uint end = _next + 50_000_000;
        _offload.Carry(1, fromClient: true, 40_000, end, ServerData, 500);
        _offload.Carry(1, fromClient: false, 40_000, ServerData, end, 500);

        Assert.True(_dialog.Client(flags, end, ServerData));

        Assert.Equal((stage, 0u), (_dialog.Stage, _dialog.State.Offload));
        Assert.Empty(_offload.Taken);
        Assert.Equal(80_000, _dialog.Loop.Counters.Offloaded);
    }

    [Fact]
    public void A_reset_beyond_the_window_ends_nothing_and_the_connection_is_taken_again()
    {
        Take();
        _offload.Carry(1, fromClient: false, 10, ServerData, _next, 500);

        Assert.False(_dialog.Client(TcpFlags.Rst, _next + 100_000));
        Assert.Equal(TcpStage.Established, _dialog.Stage);
        Assert.Empty(_offload.Taken);

        SendData(FramesUntilTaken);
        Assert.Single(_offload.Taken);
    }

    [Fact]
    public void A_number_rests_before_it_is_given_again_and_late_frames_are_counted()
    {
        Take();
        int free = _offload.FreeNumbers;
        Assert.True(_dialog.Client(TcpFlags.Fin | TcpFlags.Ack, _next, ServerData));
        _offload.Carry(1, fromClient: true, 2, _next, ServerData, 500);

        Pass(seconds: 0.01);
        Assert.Equal(free, _offload.FreeNumbers);
        Pass(seconds: 0.2);
        Pass(seconds: 0.2);

        Assert.Equal(free + 1, _offload.FreeNumbers);
        Assert.Equal(2, _dialog.Loop.Counters.Offloaded);
    }

    [Fact]
    public void Whoever_watches_sees_every_frame()
    {
        Take();
        var rule = new WatchRule { SnapBytes = 100, PerSecond = 9 };
        _dialog.Loop.Watches.Publish([new FrameWatch(rule)]);

        Pass(seconds: 0);
        Assert.Empty(_offload.Taken);
        SendData(2 * FramesUntilTaken);
        Assert.Empty(_offload.Taken);

        _dialog.Loop.Watches.Publish([]);
        SendData(FramesUntilTaken);
        Assert.Single(_offload.Taken);
    }

    [Fact]
    public void Whoever_watches_drops_or_a_sample_leaves_it_where_it_is()
    {
        Take();
        var drops = new WatchRule { Verdicts = 1 << (int)Verdict.Drop };
        var sample = new WatchRule { IsSample = true };
        _dialog.Loop.Watches.Publish([new FrameWatch(drops), new FrameWatch(sample)]);

        Pass(seconds: 0.2);

        Assert.Single(_offload.Taken);
    }

    [Fact]
    public void A_new_snapshot_takes_everything_back()
    {
        Take();
        _dialog.Publish(now => now);

        Pass(seconds: 0);

        Assert.Empty(_offload.Taken);
    }

    [Fact]
    public void Nothing_is_taken_when_the_configuration_says_so()
    {
        Take();
        _dialog.Publish(now => now with { Offload = false });
        Pass(seconds: 0);
        Assert.Empty(_offload.Taken);

        SendData(2 * FramesUntilTaken);

        Assert.Empty(_offload.Taken);
    }

    [Fact]
    public void A_port_that_goes_down_takes_everything_back()
    {
        Take();
        Pass(seconds: 0.2);
        Assert.Single(_offload.Taken);
        _dialog.ServerSide.IsUp = false;

        Pass(seconds: 0.2);
        Assert.Empty(_offload.Taken);
        for (int i = 0; i < 2 * FramesUntilTaken; i++)
        {
            _dialog.Client(Data, _next, ServerData, payload: Bytes);
        }

        Assert.Empty(_offload.Taken);
    }

    [Fact]
    public void A_client_that_moves_is_followed_by_what_was_carried()
    {
        Take();
        uint end = _next + 50_000_000;
        _offload.Carry(1, fromClient: true, 40_000, end, ServerData, 500);
        _offload.Carry(1, fromClient: false, 40_000, ServerData, end, 500);
        _dialog.ClientMac = new MacAddress(0x0200_0000_0003);

        Assert.True(_dialog.Client(Data, end, ServerData, payload: Bytes));

        Assert.Equal(_dialog.ClientMac.Value,
            FlowPath.MacOf(_dialog.Entry(fromClient: false).Path));
        (OffloadedFlow client, OffloadedFlow server) = Assert.Single(_offload.Taken).Value;
        Assert.Equal(_dialog.ClientMac, client.SourceMac);
        Assert.Equal(_dialog.ClientMac, server.NewDestinationMac);
    }

    [Fact]
    public void Without_room_the_loops_carry_it_as_ever()
    {
        using TcpDialog dialog = new TcpDialog(offload: new MemoryOffload(capacity: 0)).Establish();

        for (uint i = 0; i < 3 * FramesUntilTaken; i++)
        {
            Assert.True(dialog.Client(Data, ClientData + i, ServerData, payload: 1));
        }

        Assert.Equal(0u, dialog.State.Offload);
    }

    [Fact]
    public void At_the_end_everything_is_taken_back_and_counted()
    {
        Take();
        _offload.Carry(1, fromClient: false, 500, ServerData + 9, _next, 500);

        _dialog.Loop.EndOffload(_dialog.NowNs);

        Assert.Empty(_offload.Taken);
        Assert.Equal(500, _dialog.Loop.Counters.Offloaded);
    }

    private void Take()
    {
        SendData(FramesUntilTaken);
        Assert.Single(_offload.Taken);
    }

    private void SendData(int frames)
    {
        for (int i = 0; i < frames; i++, _next += Bytes)
        {
            Assert.True(_dialog.Client(Data, _next, ServerData, payload: Bytes));
        }
    }

    private void Pass(double seconds)
    {
        _dialog.NowNs += (long)(seconds * 1e9);
        _dialog.Pass();
    }
}
