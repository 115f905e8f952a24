// What the switch understands of a TCP connection from the middle: its stages and timeouts, and which RST, FIN and SYN it believes.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class TcpTrackerTests : IDisposable
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
    private const TcpFlags FinAck = TcpFlags.Fin | TcpFlags.Ack;
    private const TcpFlags RstAck = TcpFlags.Rst | TcpFlags.Ack;
    private const uint C = TcpDialog.ClientStart;
    private static readonly uint S = TcpDialog.ServerStart;

    private readonly TcpDialog _tcp = new();

    public void Dispose() => _tcp.Dispose();

    [Fact]
    public void A_handshake_goes_through_its_stages()
    {
        Assert.True(_tcp.Client(TcpFlags.Syn, C));
        Assert.Equal((TcpStage.HalfOpen, 30u), (_tcp.Stage, _tcp.TimeoutSeconds));

        Assert.True(_tcp.Server(SynAck, S, C + 1));
        Assert.Equal((TcpStage.SynReceived, 30u), (_tcp.Stage, _tcp.TimeoutSeconds));

        Assert.True(_tcp.Client(TcpFlags.Ack, C + 1, S + 1));
        Assert.Equal((TcpStage.Established, 600u), (_tcp.Stage, _tcp.TimeoutSeconds));
        Assert.Equal(1, _tcp.Sessions);
    }

    [Fact]
    public void Segment_sizes_and_window_scales_are_read_from_both_syns()
    {
        _tcp.Client(TcpFlags.Syn, C, options: [2, 4, 5, 0xb4, 1, 3, 3, 7]);
        _tcp.Server(SynAck, S, C + 1, options: [2, 4, 4, 0xd8, 1, 3, 3, 9]);

        Assert.Equal((1460, 1240), (_tcp.State.ClientSegmentSize, _tcp.State.ServerSegmentSize));
        Assert.Equal((7, 9), (_tcp.State.ClientWindowShift, _tcp.State.ServerWindowShift));
    }

    [Fact]
    public void A_window_is_scaled_only_when_both_sides_offered_it()
    {
        _tcp.Client(TcpFlags.Syn, C, options: [3, 3, 7, 0]);
        _tcp.Server(SynAck, S, C + 1);
        _tcp.Client(TcpFlags.Ack, C + 1, S + 1);

        // One byte beyond the window as it stands.
        Assert.False(_tcp.Server(TcpFlags.Rst, S + 1 + TcpDialog.Window + 1));
        Assert.True(_tcp.Server(TcpFlags.Rst, S + 1 + TcpDialog.Window));
    }

    [Fact]
    public void A_stale_syn_ack_passes_and_changes_nothing()
    {
        _tcp.Client(TcpFlags.Syn, C);

        Assert.True(_tcp.Server(SynAck, 77, C - 500));
        Assert.Equal(TcpStage.HalfOpen, _tcp.Stage);

        Assert.True(_tcp.Server(SynAck, S, C + 1));
        Assert.True(_tcp.Client(TcpFlags.Ack, C + 1, S + 1));
        Assert.Equal(TcpStage.Established, _tcp.Stage);
    }

    [Fact]
    public void The_clients_reset_of_a_stale_syn_ack_reaches_the_server_that_sent_it()
    {
        _tcp.Client(TcpFlags.Syn, C);
        _tcp.Server(SynAck, 77, C - 500);

        // RFC 9293 section 3.5.2: the RST takes its sequence number from the acknowledgement it refuses.
        Assert.True(_tcp.Client(TcpFlags.Rst, C - 500));
        Assert.Equal(1, _tcp.Sessions);

        Assert.True(_tcp.Client(TcpFlags.Syn, C));
        Assert.True(_tcp.Server(SynAck, S, C + 1));
        Assert.True(_tcp.Client(TcpFlags.Ack, C + 1, S + 1));
        Assert.Equal(TcpStage.Established, _tcp.Stage);
    }

    [Fact]
    public void A_server_that_does_not_take_the_data_of_a_syn_is_believed()
    {
        // RFC 7413: the SYN carries data, the SYN-ACK acknowledges the SYN alone.
        _tcp.Client(TcpFlags.Syn, C, payload: 100);

        Assert.True(_tcp.Server(SynAck, S, C + 1));
        Assert.True(_tcp.Client(TcpFlags.Ack | TcpFlags.Psh, C + 1, S + 1, payload: 100));

        Assert.Equal(TcpStage.Established, _tcp.Stage);
    }

    [Fact]
    public void A_server_that_takes_the_data_of_a_syn_is_believed()
    {
        _tcp.Client(TcpFlags.Syn, C, payload: 100);

        Assert.True(_tcp.Server(SynAck, S, C + 101));
        Assert.True(_tcp.Client(TcpFlags.Ack, C + 101, S + 1));

        Assert.Equal(TcpStage.Established, _tcp.Stage);
    }

    [Fact]
    public void A_repeated_syn_belongs_to_the_same_session()
    {
        _tcp.Client(TcpFlags.Syn, C);
        int session = _tcp.Session;

        Assert.True(_tcp.Client(TcpFlags.Syn, C));

        Assert.Equal(session, _tcp.Session);
        Assert.Equal(1, _tcp.Sessions);
    }

    [Fact]
    public void A_syn_within_an_established_connection_passes_and_changes_nothing()
    {
        _tcp.Establish();

        Assert.True(_tcp.Client(TcpFlags.Syn, 0x7000_0000));

        Assert.Equal(TcpStage.Established, _tcp.Stage);
        Assert.True(_tcp.Client(FinAck, C + 1, S + 1));
        Assert.Equal(TcpStage.Closing, _tcp.Stage);
    }

    [Fact]
    public void A_refused_syn_closes_the_session_for_four_seconds()
    {
        _tcp.Client(TcpFlags.Syn, C);

        Assert.True(_tcp.Server(RstAck, 0, C + 1));

        Assert.Equal((TcpStage.Closed, 4u), (_tcp.Stage, _tcp.TimeoutSeconds));
        _tcp.Wait(3.9);
        Assert.Equal(1, _tcp.Sessions);
        _tcp.Wait(0.2);
        Assert.Equal(0, _tcp.Sessions);
    }

    [Fact]
    public void A_reset_that_refuses_something_else_than_the_syn_is_dropped()
    {
        _tcp.Client(TcpFlags.Syn, C);

        Assert.False(_tcp.Server(RstAck, 0, C));
        Assert.False(_tcp.Server(TcpFlags.Rst, 0));

        Assert.Equal(TcpStage.HalfOpen, _tcp.Stage);
        Assert.Equal(2, _tcp.Dropped(DropReason.RstOutOfWindow));
    }

    [Fact]
    public void A_client_may_withdraw_its_syn()
    {
        _tcp.Client(TcpFlags.Syn, C);

        Assert.True(_tcp.Client(TcpFlags.Rst, C + 1));

        Assert.Equal(TcpStage.Closed, _tcp.Stage);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(TcpDialog.Window, true)]
    [InlineData(TcpDialog.Window + 1, false)]
    [InlineData(-1, false)]
    [InlineData(0x4000_0000, false)]
    public void A_clients_reset_is_believed_inside_the_servers_window(int distance, bool isBelieved)
    {
        _tcp.Establish();

        Assert.Equal(isBelieved, _tcp.Client(TcpFlags.Rst, C + 1 + (uint)distance));

        Assert.Equal(isBelieved ? TcpStage.Closed : TcpStage.Established, _tcp.Stage);
        Assert.Equal(isBelieved ? 0 : 1, _tcp.Dropped(DropReason.RstOutOfWindow));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(TcpDialog.Window, true)]
    [InlineData(TcpDialog.Window + 1, false)]
    [InlineData(-1, false)]
    public void A_servers_reset_is_believed_inside_the_clients_window(int distance, bool isBelieved)
    {
        _tcp.Establish();

        Assert.Equal(isBelieved, _tcp.Server(TcpFlags.Rst, S + 1 + (uint)distance));

        Assert.Equal(isBelieved ? TcpStage.Closed : TcpStage.Established, _tcp.Stage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_in_the_window_that_somebody_speaks_after_is_forgotten(bool byClient)
    {
        _tcp.Establish();
        _ = byClient ? _tcp.Client(TcpFlags.Rst, C + 100) : _tcp.Server(TcpFlags.Rst, S + 100);
        Assert.Equal((TcpStage.Closed, 4u), (_tcp.Stage, _tcp.TimeoutSeconds));

        Assert.True(_tcp.Client(TcpFlags.Syn, 0x7000_0000)); // It does not open anew.
        Assert.Equal(TcpStage.Closed, _tcp.Stage);
        Assert.True(_tcp.Server(TcpFlags.Ack, S + 1, C + 1)); // The challenge (RFC 5961 section 3.2).

        Assert.Equal(TcpStage.Established, _tcp.Stage);
        Assert.False(_tcp.Client(TcpFlags.Rst, C));
        Assert.True(_tcp.Client(TcpFlags.Rst, C + 1));
        Assert.True(_tcp.Server(TcpFlags.Ack, S + 1, C + 1));
        Assert.Equal(TcpStage.Closed, _tcp.Stage);
    }

    [Fact]
    public void After_a_reset_in_doubt_half_a_closing_goes_on_as_such()
    {
        _tcp.Establish();
        _tcp.Client(FinAck, C + 1, S + 1);
        _tcp.Server(TcpFlags.Rst, S + 100);
        Assert.Equal(TcpStage.Closed, _tcp.Stage);

        _tcp.Client(TcpFlags.Ack, C + 2, S + 1);

        Assert.Equal((TcpStage.Closing, 120u), (_tcp.Stage, _tcp.TimeoutSeconds));
    }

    [Fact]
    public void A_server_may_reset_where_its_data_ends_though_the_client_has_not_acknowledged_it()
    {
        _tcp.Establish();
        _tcp.Server(TcpFlags.Ack | TcpFlags.Psh, S + 1, C + 1, payload: 1400); // Beyond the client's window.

        Assert.True(_tcp.Server(TcpFlags.Rst, S + 1401));

        Assert.Equal(TcpStage.Closed, _tcp.Stage);
    }

    [Fact]
    public void The_window_moves_with_the_acknowledgements()
    {
        _tcp.Establish();
        _tcp.Client(TcpFlags.Ack | TcpFlags.Psh, C + 1, S + 1, payload: 500);
        _tcp.Server(TcpFlags.Ack, S + 1, C + 501, window: 100);

        Assert.False(_tcp.Client(TcpFlags.Rst, C + 500));
        Assert.False(_tcp.Client(TcpFlags.Rst, C + 602));
        Assert.True(_tcp.Client(TcpFlags.Rst, C + 601));
    }

    [Fact]
    public void An_old_acknowledgement_does_not_move_the_window_back()
    {
        _tcp.Establish();
        _tcp.Client(TcpFlags.Ack | TcpFlags.Psh, C + 1, S + 1, payload: 500);
        _tcp.Server(TcpFlags.Ack, S + 1, C + 501);
        _tcp.Server(TcpFlags.Ack, S + 1, C + 1);

        Assert.False(_tcp.Client(TcpFlags.Rst, C + 1));
        Assert.True(_tcp.Client(TcpFlags.Rst, C + 501));
    }

    [Fact]
    public void A_fin_from_each_side_closes_in_two_steps()
    {
        _tcp.Establish();

        Assert.True(_tcp.Client(FinAck, C + 1, S + 1));
        Assert.Equal((TcpStage.Closing, 120u), (_tcp.Stage, _tcp.TimeoutSeconds));

        Assert.True(_tcp.Server(FinAck, S + 1, C + 2));
        Assert.Equal((TcpStage.Closed, 4u), (_tcp.Stage, _tcp.TimeoutSeconds));

        Assert.True(_tcp.Client(TcpFlags.Ack, C + 2, S + 2));
        Assert.Equal(TcpStage.Closed, _tcp.Stage);
        _tcp.Wait(4.1);
        Assert.Equal(0, _tcp.Sessions);
    }

    [Fact]
    public void A_server_may_be_the_first_to_close()
    {
        _tcp.Establish();

        _tcp.Server(FinAck, S + 1, C + 1);
        Assert.Equal(TcpStage.Closing, _tcp.Stage);
        _tcp.Client(FinAck, C + 1, S + 2);

        Assert.Equal(TcpStage.Closed, _tcp.Stage);
    }

    [Fact]
    public void A_repeated_fin_of_one_side_does_not_count_as_the_others()
    {
        _tcp.Establish();

        _tcp.Client(FinAck, C + 1, S + 1);
        _tcp.Client(FinAck, C + 1, S + 1);

        Assert.Equal(TcpStage.Closing, _tcp.Stage);
    }

    [Fact]
    public void A_fin_outside_the_window_passes_and_changes_nothing()
    {
        _tcp.Establish();

        Assert.True(_tcp.Client(FinAck, C + 1 + 0x1000_0000, S + 1));

        Assert.Equal(TcpStage.Established, _tcp.Stage);
    }

    [Fact]
    public void Data_flows_on_while_one_side_has_closed()
    {
        _tcp.Establish();
        _tcp.Client(FinAck, C + 1, S + 1);

        Assert.True(_tcp.Server(TcpFlags.Ack | TcpFlags.Psh, S + 1, C + 2, payload: 100));
        _tcp.Wait(119);
        Assert.True(_tcp.Server(TcpFlags.Ack | TcpFlags.Psh, S + 101, C + 2, payload: 100));
        _tcp.Wait(119);

        Assert.Equal(1, _tcp.Sessions);
        Assert.Equal(TcpStage.Closing, _tcp.Stage);
    }

    [Fact]
    public void A_syn_on_a_closing_session_opens_a_new_one_in_the_same_frame()
    {
        using var tcp = new TcpDialog(reals: 2);
        tcp.Establish();
        int real = tcp.State.Real;
        tcp.Client(FinAck, C + 1, S + 1);

        Assert.True(tcp.Client(TcpFlags.Syn, C + 100_000));

        Assert.Equal(TcpStage.HalfOpen, tcp.Stage);
        Assert.NotEqual(real, tcp.State.Real);
        Assert.Equal(1, tcp.Sessions);
    }

    [Fact]
    public void Frames_behind_a_reopening_syn_in_the_same_burst_go_to_the_new_server()
    {
        using var tcp = new TcpDialog(reals: 2);
        tcp.Establish();
        tcp.Client(TcpFlags.Rst, C + 1);

        tcp.PutClient(TcpFlags.Syn, C + 100_000);
        tcp.PutClient(TcpFlags.Syn, C + 100_000);
        tcp.PutClient(TcpFlags.Ack, C + 100_001, S + 1);
        tcp.Pass();

        List<Ipv4Address> destinations = tcp.TakeServerDestinations();
        Assert.Equal(3, destinations.Count);
        Assert.Single(destinations.Distinct());
        Assert.Equal(TestFlows.FirstReal + (uint)tcp.State.Real - 1, destinations[0].Value);
    }

    [Fact]
    public void A_half_open_session_ends_after_thirty_seconds()
    {
        _tcp.Client(TcpFlags.Syn, C);

        _tcp.Wait(29.9);
        Assert.Equal(1, _tcp.Sessions);
        _tcp.Wait(0.2);
        Assert.Equal(0, _tcp.Sessions);
    }

    [Fact]
    public void A_frame_of_a_session_that_was_idle_too_long_finds_none_and_is_reset()
    {
        _tcp.Establish();
        _tcp.NowNs += 601_000_000_000;

        Assert.False(_tcp.Client(TcpFlags.Ack, C + 1, S + 1));

        Assert.Equal(0, _tcp.Sessions);
        Assert.Equal(1, _tcp.Dropped(DropReason.NoSession));
        Assert.Equal(TcpFlags.Rst, _tcp.TakeClientFlags());
    }

    [Fact]
    public void A_syn_of_a_session_that_was_idle_too_long_opens_a_new_one()
    {
        _tcp.Establish();
        _tcp.NowNs += 601_000_000_000;

        Assert.True(_tcp.Client(TcpFlags.Syn, C));

        Assert.Equal(1, _tcp.Sessions);
        Assert.Equal(TcpStage.HalfOpen, _tcp.Stage);
    }
}
