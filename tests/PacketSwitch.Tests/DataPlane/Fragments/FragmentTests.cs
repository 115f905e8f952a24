// Divided datagrams through the whole switch, in both families: in and out of order, both
// directions, and every way in which fragments can be wrong.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Fragments;

public sealed class FragmentTests
{
    private const ushort Port = 40_000;

    public static IEnumerable<object[]> Families => BalancedNet.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Fragments_in_order_reach_one_server_translated(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] payload = BalancedNet.Bytes(4_000);
        byte[][] fragments = Request(net, payload, 1, 1440, 2880);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, fragments);

        Assert.Equal(3, left.Count);
        AssertRequest(net, payload, left);
        Assert.Equal(1, net.Switch.Tables.SessionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Fragments_in_reverse_wait_for_the_first(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] payload = BalancedNet.Bytes(4_000);
        byte[][] fragments = Request(net, payload, 1, 1440, 2880);

        List<byte[]> early = net.Pass(BalancedNet.ClientSide, fragments[2], fragments[1]);
        long held = net.Switch.Counters.Held;
        List<byte[]> left = net.Pass(BalancedNet.ClientSide, fragments[0]);

        Assert.Empty(early);
        Assert.Equal(2, held);
        Assert.Equal(0, net.Switch.Counters.Held);
        Assert.Equal(0, Fragmenter.Read(left[0]).Offset);
        AssertRequest(net, payload, left);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Interleaved_datagrams_keep_to_their_own_servers(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] payload = BalancedNet.Bytes(3_000);
        byte[][] one = Request(net, payload, 1, 1440, 2880);
        byte[][] other = Request(net, payload, 2, 1440, 2880, sourcePort: Port + 1);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, one[0], other[1], one[2], other[0], one[1], other[2]);

        Assert.Equal(6, left.Count);
        Assert.Equal(2, left.Select(net.RealOf).Distinct().Count());
        foreach (IGrouping<int, byte[]> ofServer in left.GroupBy(net.RealOf))
        {
            Assert.NotNull(Fragmenter.Join(ofServer));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_divided_answer_comes_from_the_vip(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] answer = BalancedNet.Bytes(4_000, seed: 2);
        int real = Ask(net);
        byte[] whole = net.Udp(net.Real(real), BalancedNet.RealPort, net.Client, Port, answer);

        List<byte[]> left = net.Pass(BalancedNet.ServerSide, Fragmenter.Cut(whole, 7, 1440, 2880));

        byte[]? joined = Fragmenter.Join(left);
        byte[] expected = net.Udp(net.Vip, BalancedNet.Service, net.Client, Port, answer);
        Assert.NotNull(joined);
        Assert.Equal(expected[14..], joined[14..]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_answer_in_reverse_never_shows_its_address(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] answer = BalancedNet.Bytes(4_000, seed: 2);
        int real = Ask(net);
        byte[] whole = net.Udp(net.Real(real), BalancedNet.RealPort, net.Client, Port, answer);

        byte[][] reversed = [.. Fragmenter.Cut(whole, 7, 1440, 2880).Reverse()];
        List<byte[]> left = net.Pass(BalancedNet.ServerSide, reversed);

        Assert.Equal(3, left.Count);
        Assert.All(left, frame => Assert.Equal(net.Vip, BalancedNet.Source(frame)));
        Assert.NotNull(Fragmenter.Join(left));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_divided_tcp_segment_passes_with_its_checksum_right(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        net.Pass(BalancedNet.ClientSide, net.Tcp(net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Syn, []));
        byte[] segment = net.Tcp(
            net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Ack, BalancedNet.Bytes(2_000), 2, 1);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(segment, 3, 1000));

        byte[]? joined = Fragmenter.Join(left);
        Assert.NotNull(joined);
        Assert.True(FrameChecksums.AreValid(joined));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_udp_checksum_of_zero_stays_zero_over_ipv4(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(2_000));
        whole.AsSpan(14 + (isV6 ? 40 : 20) + 6, 2).Clear();

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 3, 1000));

        Assert.Equal(2, left.Count);
        Assert.Equal(0, Fragmenter.Read(left[0]).Data[6] | Fragmenter.Read(left[0]).Data[7]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_fragment_that_comes_twice_leaves_once(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[][] fragments = Request(net, BalancedNet.Bytes(4_000), 1, 1440, 2880);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, fragments[1], fragments[1], fragments[0], fragments[0], fragments[1], fragments[2],
            fragments[2]);

        Assert.Equal(3, left.Count);
        Assert.Equal(4, net.Dropped(DropReason.FragmentDuplicate));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_overlap_ends_the_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(4_000));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide,
            Fragmenter.Piece(whole, 0, 1440, more: true),
            Fragmenter.Piece(whole, 1432, 2880, more: true),
            Fragmenter.Piece(whole, 1440, 2880, more: true),
            Fragmenter.Piece(whole, 2880, 4008, more: false));

        Assert.Single(left);
        Assert.Equal(3, net.Dropped(DropReason.FragmentOverlap));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_overlap_among_waiting_fragments_drops_them_all(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(4_000));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide,
            Fragmenter.Piece(whole, 1440, 2880, more: true),
            Fragmenter.Piece(whole, 2000, 3000, more: true),
            Fragmenter.Piece(whole, 0, 1440, more: true));

        Assert.Empty(left);
        Assert.Equal(3, net.Dropped(DropReason.FragmentOverlap));
        Assert.Equal(0, net.Switch.Counters.Held);
        Assert.Equal(0, net.Switch.Tables.SessionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_first_fragment_without_its_whole_header_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] segment = net.Tcp(net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Syn, BalancedNet.Bytes(100));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, Fragmenter.Piece(segment, 0, 16, more: true),
            Fragmenter.Piece(segment, 16, 120, more: false));

        Assert.Empty(left);
        Assert.Equal(2, net.Dropped(DropReason.FragmentTiny));
        Assert.Equal(0, net.Switch.Tables.SessionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_length_that_is_no_multiple_of_eight_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(400));

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 204, more: true));

        Assert.Empty(left);
        Assert.Equal(1, net.Dropped(DropReason.FragmentLength));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_longer_than_any_packet_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(1_400));
        byte[] death = FrameEdits.AsFragment(whole, 65_528, more: false);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 1000, more: true), death);

        Assert.Single(left);
        Assert.Equal(1, net.Dropped(DropReason.FragmentLength));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_has_one_end(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(1_400));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 400, more: true),
            Fragmenter.Piece(whole, 400, 800, more: false), Fragmenter.Piece(whole, 800, 1200, more: true));

        Assert.Equal(2, left.Count);
        Assert.Equal(1, net.Dropped(DropReason.FragmentLength));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Fragments_without_a_first_one_are_given_up_in_time(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[][] fragments = Request(net, BalancedNet.Bytes(4_000), 1, 1440, 2880);

        net.Pass(BalancedNet.ClientSide, fragments[2], fragments[1]);
        net.Switch.AdvanceTo(net.Switch.NowNs + Limits.FragmentNanoseconds);

        Assert.Equal(2, net.Dropped(DropReason.FragmentTimeout));
        Assert.Equal(0, net.Switch.Counters.Held);
        Assert.Null(net.Switch.FindImbalance());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_flood_of_later_fragments_is_bounded_and_hurts_no_orderly_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] payload = BalancedNet.Bytes(3_000);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, payload);
        for (int i = 0; i < 5_000; i++)
        {
            net.Switch.Enter(BalancedNet.ClientSide, Fragmenter.Piece(whole, 1440, 2880, more: true, (ushort)(1000 + i)));
        }
        long refused = net.Dropped(DropReason.FragmentTableFull);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 1, 1440, 2880));

        Assert.Equal(Limits.HeldFragments, net.Switch.Counters.Held);
        Assert.Equal(5_000 - Limits.HeldFragments, refused);
        AssertRequest(net, payload, left);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_flood_of_first_fragments_hurts_no_orderly_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] payload = BalancedNet.Bytes(3_000);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, payload);
        for (int i = 0; i < 5_000; i++)
        {
            net.Switch.Enter(BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 1440, more: true, (ushort)(1000 + i)));
        }
        net.Take(BalancedNet.ServerSide);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 1, 1440, 2880));

        AssertRequest(net, payload, left);
        Assert.Equal(0, net.Switch.Counters.DroppedTotal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_identification_may_be_used_again_at_once(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] first = BalancedNet.Bytes(3_000, seed: 3);
        byte[] second = BalancedNet.Bytes(2_000, seed: 4);

        AssertRequest(net, first, net.Pass(BalancedNet.ClientSide, Request(net, first, 1, 1440, 2880)));
        AssertRequest(net, second, net.Pass(BalancedNet.ClientSide, Request(net, second, 1, 800, 1600)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_is_not_balanced_passes_untouched_in_any_order(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Stranger, 9, BalancedNet.Bytes(3_000));
        MacAddress.Parse("02:00:00:00:00:99").Write(whole);
        byte[][] fragments = [.. Fragmenter.Cut(whole, 1, 1440, 2880).Reverse()];

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, fragments);

        Assert.Equal(fragments, left);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_past_the_vip_to_a_balanced_port_is_dropped_whole(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Real(1), BalancedNet.RealPort, BalancedNet.Bytes(3_000));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, [.. Fragmenter.Cut(whole, 1, 1440, 2880).Reverse()]);

        Assert.Empty(left);
        Assert.Equal(3, net.Dropped(DropReason.DamOff));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_own_traffic_passes_in_any_order(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Real(1), 2049, net.Stranger, 700, BalancedNet.Bytes(3_000));
        MacAddress.Parse("02:00:00:00:00:99").Write(whole);
        byte[][] fragments = Fragmenter.Cut(whole, 1, 1440, 2880);

        List<byte[]> left = net.Pass(BalancedNet.ServerSide, [.. fragments.Reverse()]);

        Assert.Equal(3, left.Count);
        Assert.Equal(fragments.Select(Convert.ToHexString).Order(), left.Select(Convert.ToHexString).Order());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_wrong_port_at_the_vip_drops_every_fragment(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, 99, BalancedNet.Bytes(3_000));

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, [.. Fragmenter.Cut(whole, 1, 1440, 2880).Reverse()]);

        Assert.Empty(left);
        Assert.Equal(3, net.Dropped(DropReason.IncorrectVport));
    }

    [Fact]
    public void An_atomic_fragment_is_whole()
    {
        using var net = new BalancedNet(isV6: true);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(100));

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, FrameEdits.AsFragment(whole, 0, more: false));

        Assert.Single(left);
        Assert.True(FrameChecksums.AreValid(left[0]));
        Assert.Equal(0, net.Switch.Counters.DroppedTotal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_dsr_servers_fragments_keep_their_addresses(bool isV6)
    {
        using var net = new BalancedNet(isV6, $"/cfg/slb/virt 1/service {BalancedNet.Service}/nonat ena/rport 0");
        byte[][] fragments = Request(net, BalancedNet.Bytes(3_000), 1, 1440, 2880);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, [.. fragments.Reverse()]);

        Assert.Equal(3, left.Count);
        Assert.Single(left.Select(frame => Convert.ToHexString(frame[..6])).Distinct());
        Assert.All(left, frame => Assert.Equal(net.Vip, BalancedNet.Target(frame)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Fragments_wait_for_arp_together(bool isV6)
    {
        using var net = new BalancedNet(isV6, isV6
            ? "/cfg/slb/real 3/rip 2001:db8:2::13/ena\n/cfg/slb/group 1/rem 1/rem 2/add 3"
            : "/cfg/slb/real 3/rip 10.2.0.13/ena\n/cfg/slb/group 1/rem 1/rem 2/add 3");
        byte[][] fragments = Request(net, BalancedNet.Bytes(3_000), 1, 1440, 2880);

        net.Pass(BalancedNet.ClientSide, fragments[1], fragments[0], fragments[2]);
        long held = net.Switch.Counters.Held;
        net.Switch.AdvanceTo(net.Switch.NowNs + (2 * Limits.HoldNanoseconds));

        Assert.Equal(3, held);
        Assert.Equal(3, net.Dropped(DropReason.NoArp));
        Assert.Null(net.Switch.FindImbalance());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Too_many_fragments_end_a_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(4_000));
        byte[][] fragments = Fragmenter.Cut(whole, 1, [.. Enumerable.Range(1, 200).Select(i => i * 16)]);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, fragments);

        Assert.Equal(Limits.FragmentsPerDatagram, left.Count);
        Assert.Equal(fragments.Length - left.Count, net.Dropped(DropReason.FragmentTableFull));
    }

    private static byte[][] Request(
        BalancedNet net, byte[] payload, ushort id, int cut, int otherCut, ushort sourcePort = Port)
        => Fragmenter.Cut(
            net.Udp(net.Client, sourcePort, net.Vip, BalancedNet.Service, payload), id, cut, otherCut);

    private static void AssertRequest(BalancedNet net, byte[] payload, List<byte[]> left)
    {
        int real = Assert.Single(left.Select(net.RealOf).Distinct());
        byte[]? joined = Fragmenter.Join(left);
        byte[] expected = net.Udp(net.Client, Port, net.Real(real), BalancedNet.RealPort, payload);
        Assert.NotNull(joined);
        Assert.Equal(expected[14..], joined[14..]);
    }

    // A short question opens a session; the server it went to.
    private static int Ask(BalancedNet net)
    {
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(30));
        return net.RealOf(Assert.Single(net.Pass(BalancedNet.ClientSide, question)));
    }
}
