// Divided datagrams through the whole switch, in both families: in and out of order, both
// directions. What is wrong with fragments is the business of FragmentDefectTests.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using static PacketSwitch.Tests.DataPlane.Fragments.FragmentSteps;

namespace PacketSwitch.Tests.DataPlane.Fragments;

public sealed class FragmentTests
{
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

    // A short question opens a session; the server it went to.
    private static int Ask(BalancedNet net)
    {
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(30));
        return net.RealOf(Assert.Single(net.Pass(BalancedNet.ClientSide, question)));
    }
}
