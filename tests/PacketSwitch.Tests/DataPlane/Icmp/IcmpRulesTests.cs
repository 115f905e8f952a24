// The switch's own ICMP errors keep to RFC 1812 section 4.3.2.7 and RFC 4443 section 2.4 (e).

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Fragments;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Icmp;

public sealed class IcmpRulesTests
{
    private const ushort Port = 40_000;

    public static IEnumerable<object[]> Families => BalancedNet.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void The_first_fragment_that_is_too_long_is_reported_and_the_later_are_not(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        ShowServers(net);
        net.Switch.Ports[BalancedNet.ServerSide].Mtu = 1280;
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(4_000));

        Assert.Empty(net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 1, 1440, 2880)));

        byte[] told = Assert.Single(net.Take(BalancedNet.ClientSide));
        Assert.True(FrameChecksums.AreValid(told));
        Assert.Equal(net.Client, BalancedNet.Target(told));
        Assert.Equal(3, net.Dropped(DropReason.TooBig));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Later_fragments_that_alone_are_too_long_are_dropped_in_silence(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        ShowServers(net);
        net.Switch.Ports[BalancedNet.ServerSide].Mtu = 1280;
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(4_000));

        Assert.Single(net.Pass(BalancedNet.ClientSide, Fragmenter.Cut(whole, 1, 1000, 2400)));

        Assert.Empty(net.Take(BalancedNet.ClientSide));
        Assert.Equal(2, net.Dropped(DropReason.TooBig));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_that_is_too_long_is_not_reported(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        ShowServers(net);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(1_300));
        Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        byte[] answer = net.Udp(net.Vip, BalancedNet.Service, net.Client, Port, BalancedNet.Bytes(1_300));
        net.Switch.Ports[BalancedNet.ServerSide].Mtu = 500;

        Assert.Empty(net.Pass(BalancedNet.ClientSide, net.IcmpError(
            net.Stranger, net.Vip, IcmpV4Type.TimeExceeded, 0, IcmpV6Type.TimeExceeded, 0, 0, answer.AsSpan(14))));

        Assert.Equal(1, net.Dropped(DropReason.TooBig));
        Assert.Equal(0, net.Switch.Counters.Originated);
    }

    [Theory]
    [InlineData(false, "224.0.0.5", true)]
    [InlineData(false, "255.255.255.255", true)]
    [InlineData(true, "ff02::5", true)]
    [InlineData(false, "10.0.0.9", false)]
    [InlineData(true, "2001:db8::9", false)]
    public void Nothing_is_reported_about_frames_to_many(bool isV6, string target, bool toMany)
    {
        using var net = new BalancedNet(isV6);
        byte[] frame = net.Udp(net.Client, Port, IpAddress.Parse(target), 9, BalancedNet.Bytes(10));

        Assert.Equal(!toMany, MayReport(frame, isV6));
    }

    [Theory]
    [InlineData(false, "0.0.0.0")]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "224.0.0.5")]
    [InlineData(true, "::")]
    [InlineData(true, "ff02::5")]
    public void Nothing_is_reported_to_an_address_that_is_no_hosts(bool isV6, string source)
    {
        using var net = new BalancedNet(isV6);
        byte[] frame = net.Udp(IpAddress.Parse(source), Port, net.Vip, 9, BalancedNet.Bytes(10));

        Assert.False(MayReport(frame, isV6));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Nothing_is_reported_about_an_icmp_error(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] about = net.Udp(net.Vip, Port, net.Client, 9, BalancedNet.Bytes(10));
        byte[] error = net.IcmpError(net.Client, net.Vip, 3, 3, 1, 4, 0, about.AsSpan(14));

        Assert.False(MayReport(error, isV6));
    }

    // A server whose port is not known is flooded to, and nobody can say what is too long for it.
    private static void ShowServers(BalancedNet net)
    {
        net.Pass(
            BalancedNet.ServerSide,
            net.Udp(net.Real(1), 9, net.Stranger, 9, []), net.Udp(net.Real(2), 9, net.Stranger, 9, []));
        net.Take(BalancedNet.ClientSide);
    }

    private static unsafe bool MayReport(byte[] bytes, bool isV6)
    {
        fixed (byte* start = bytes)
        {
            var frame = new FrameDescriptor { Address = (nint)start, Length = bytes.Length, WireLength = bytes.Length };
            int transport = 14 + (isV6 ? 40 : 20);
            var info = new FrameInfo
            {
                NetworkOffset = 14,
                TransportOffset = (ushort)transport,
                TransportLength = bytes.Length - transport,
                Protocol = bytes[14 + (isV6 ? 6 : 9)],
            };
            if (isV6)
            {
                var key6 = new FlowKey<Ipv6Address>
                {
                    Source = BalancedNet.Source(bytes).V6,
                    Destination = BalancedNet.Target(bytes).V6,
                };
                return IcmpRules.MayReport(ref frame, ref info, ref key6);
            }
            var key4 = new FlowKey<Ipv4Address>
            {
                Source = BalancedNet.Source(bytes).V4,
                Destination = BalancedNet.Target(bytes).V4,
            };
            return IcmpRules.MayReport(ref frame, ref info, ref key4);
        }
    }
}
