// Every way in which fragments can be wrong, doubled or too many, in both families, and that no
// orderly datagram is hurt by them.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using static PacketSwitch.Tests.DataPlane.Fragments.FragmentSteps;

namespace PacketSwitch.Tests.DataPlane.Fragments;

public sealed class FragmentDefectTests
{
    public static IEnumerable<object[]> Families => BalancedNet.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void A_fragment_that_comes_twice_leaves_once(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[][] fragments = Request(net, BalancedNet.Bytes(4_000), 1, 1440, 2880);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, fragments[1], fragments[1], fragments[0], fragments[0],
            fragments[1], fragments[2], fragments[2]);

        Assert.Equal(3, left.Count);
        Assert.Equal(4, net.Dropped(DropReason.FragmentDuplicate));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_overlap_ends_the_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = Whole(net, 4_000);

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
        byte[] whole = Whole(net, 4_000);

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
        byte[] segment = net.Tcp(
            net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Syn, BalancedNet.Bytes(100));

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
        byte[] whole = Whole(net, 400);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 204, more: true));

        Assert.Empty(left);
        Assert.Equal(1, net.Dropped(DropReason.FragmentLength));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_longer_than_any_packet_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = Whole(net, 1_400);
        byte[] death = FrameEdits.AsFragment(whole, 65_528, more: false);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 1000, more: true), death);

        Assert.Single(left);
        Assert.Equal(1, net.Dropped(DropReason.FragmentLength));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_datagram_has_one_end(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = Whole(net, 1_400);

        List<byte[]> left = net.Pass(
            BalancedNet.ClientSide, Fragmenter.Piece(whole, 0, 400, more: true),
            Fragmenter.Piece(whole, 400, 800, more: false),
            Fragmenter.Piece(whole, 800, 1200, more: true));

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
            net.Switch.Enter(
                BalancedNet.ClientSide,
                Fragmenter.Piece(whole, 1440, 2880, more: true, (ushort)(1000 + i)));
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
            net.Switch.Enter(
                BalancedNet.ClientSide,
                Fragmenter.Piece(whole, 0, 1440, more: true, (ushort)(1000 + i)));
        }
        net.Take(BalancedNet.ServerSide);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 1, 1440, 2880));

        AssertRequest(net, payload, left);
        Assert.Equal(0, net.Switch.Counters.DroppedTotal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Too_many_fragments_end_a_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] whole = Whole(net, 4_000);
        int[] cuts = [.. Enumerable.Range(1, 200).Select(i => i * 16)];
        byte[][] fragments = Fragmenter.Cut(whole, 1, cuts);

        List<byte[]> left = net.Pass(BalancedNet.ClientSide, fragments);

        Assert.Equal(Limits.FragmentsPerDatagram, left.Count);
        Assert.Equal(fragments.Length - left.Count, net.Dropped(DropReason.FragmentTableFull));
    }
}
