// ICMP errors about sessions through the whole switch, in both families: to whom they go, what
// they say there, and what does not pass.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Fragments;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Icmp;

public sealed class IcmpErrorTests
{
    private const ushort Port = 40_000;
    private const uint ServerSequence = 5_000;

    public static IEnumerable<object[]> Families => BalancedNet.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void A_routers_error_about_an_answer_reaches_the_server(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        (int real, byte[] answer) = Converse(net);

        byte[] error = TooBig(net, net.Stranger, net.Vip, 1400, answer);
        byte[] left = Assert.Single(net.Pass(BalancedNet.ClientSide, error));

        Assert.True(FrameChecksums.AreValid(left));
        Assert.Equal(net.Real(real), BalancedNet.Target(left));
        Assert.Equal(net.Stranger, BalancedNet.Source(left));
        AssertQuotes(net.Tcp(
            net.Real(real), BalancedNet.RealPort, net.Client, Port, TcpFlags.Ack, BalancedNet.Bytes(100),
            ServerSequence, 2), left);
        Assert.Equal(1400, State(net, isV6).ClientPathMtu);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_error_comes_from_the_vip(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        int real = net.RealOf(asked);

        byte[] left = Assert.Single(net.Pass(
            BalancedNet.ServerSide, Unreachable(net, net.Real(real), net.Client, asked)));

        Assert.True(FrameChecksums.AreValid(left));
        Assert.Equal(net.Vip, BalancedNet.Source(left));
        Assert.Equal(net.Client, BalancedNet.Target(left));
        AssertQuotes(question, left);
        AssertNoTraceOf(net.Real(real), left);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_router_behind_the_switch_speaks_for_itself(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        (int real, _) = Converse(net);
        byte[] sent = net.Tcp(
            net.Client, Port, net.Real(real), BalancedNet.RealPort, TcpFlags.Ack, BalancedNet.Bytes(100), 2, 5_001);

        byte[] left = Assert.Single(net.Pass(
            BalancedNet.ServerSide, TooBig(net, net.Stranger, net.Client, 1300, sent)));

        Assert.Equal(net.Stranger, BalancedNet.Source(left));
        AssertNoTraceOf(net.Real(real), left);
        Assert.True(FrameChecksums.AreValid(left));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_from_another_real_server_does_not_show_that_one_either(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        (int real, _) = Converse(net);
        byte[] sent = net.Tcp(
            net.Client, Port, net.Real(real), BalancedNet.RealPort, TcpFlags.Ack, BalancedNet.Bytes(100), 2, 5_001);

        byte[] left = Assert.Single(net.Pass(
            BalancedNet.ServerSide, TooBig(net, net.Real(3 - real), net.Client, 1300, sent)));

        Assert.Equal(net.Vip, BalancedNet.Source(left));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_neither_ends_nor_refreshes_the_session(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        net.Switch.AdvanceTo(net.Switch.NowNs + 400_000_000_000);

        net.Pass(BalancedNet.ServerSide, Unreachable(net, net.Real(net.RealOf(asked)), net.Client, asked));
        int alive = net.Switch.Tables.SessionCount;
        net.Switch.AdvanceTo(net.Switch.NowNs + 201_000_000_000);

        Assert.Equal(1, alive);
        Assert.Equal(0, net.Switch.Tables.SessionCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_with_a_wrong_checksum_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        (_, byte[] answer) = Converse(net);
        byte[] error = TooBig(net, net.Stranger, net.Vip, 1400, answer);
        error[^1] ^= 1;

        Assert.Empty(net.Pass(BalancedNet.ClientSide, error));
        Assert.Equal(1, net.Dropped(DropReason.BadIcmpChecksum));
        Assert.Equal(0, State(net, isV6).ClientPathMtu);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_about_no_session_ends_at_the_vip_in_silence(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] never = net.Udp(net.Vip, BalancedNet.Service, net.Client, Port, BalancedNet.Bytes(60));

        Assert.Empty(net.Pass(BalancedNet.ClientSide, TooBig(net, net.Stranger, net.Vip, 1400, never)));
        Assert.Equal(1, net.Dropped(DropReason.NoSession));
        Assert.Equal(0, net.Switch.Counters.Originated);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_error_about_a_forgotten_session_does_not_leave(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] never = net.Udp(net.Client, Port, net.Real(1), BalancedNet.RealPort, BalancedNet.Bytes(60));

        Assert.Empty(net.Pass(BalancedNet.ServerSide, Unreachable(net, net.Real(1), net.Client, never)));
        Assert.Equal(1, net.Dropped(DropReason.NoSession));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_servers_error_about_its_own_business_passes_untouched(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] direct = net.Udp(net.Client, Port, net.Real(1), 161, BalancedNet.Bytes(60));
        byte[] error = Unreachable(net, net.Real(1), net.Client, direct);
        MacAddress.Parse("02:00:00:00:00:c1").Write(error);

        Assert.Equal(error, Assert.Single(net.Pass(BalancedNet.ServerSide, error)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_for_somebody_else_than_the_quoted_sender_is_not_believed(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));

        byte[] error = Unreachable(net, net.Real(net.RealOf(asked)), net.Stranger, asked);

        Assert.Empty(net.Pass(BalancedNet.ServerSide, error));
        Assert.Equal(1, net.Dropped(DropReason.NoSession));
    }

    [Theory]
    [InlineData(false, 40u, 68)]
    [InlineData(true, 600u, 1280)]
    [InlineData(false, 0u, 0)]
    public void A_path_mtu_below_what_ip_carries_is_not_believed(bool isV6, uint said, int noted)
    {
        using var net = new BalancedNet(isV6);
        (_, byte[] answer) = Converse(net);

        net.Pass(BalancedNet.ClientSide, TooBig(net, net.Stranger, net.Vip, said, answer));

        Assert.Equal(noted, State(net, isV6).ClientPathMtu);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_forged_path_mtu_about_bytes_never_sent_is_not_noted(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        Converse(net);
        byte[] forged = net.Tcp(
            net.Vip, BalancedNet.Service, net.Client, Port, TcpFlags.Ack, BalancedNet.Bytes(100), 900_000, 2);

        net.Pass(BalancedNet.ClientSide, TooBig(net, net.Stranger, net.Vip, 600, forged));

        Assert.Equal(0, State(net, isV6).ClientPathMtu);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_that_quotes_a_later_fragment_finds_its_datagram(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        int real = net.RealOf(Assert.Single(net.Pass(BalancedNet.ClientSide, question)));
        byte[] answer = net.Udp(net.Real(real), BalancedNet.RealPort, net.Client, Port, BalancedNet.Bytes(2_000));
        byte[][] sent = Fragmenter.Cut(answer, 9, 1000);
        List<byte[]> seen = net.Pass(BalancedNet.ServerSide, sent);

        byte[] left = Assert.Single(net.Pass(
            BalancedNet.ClientSide, TooBig(net, net.Stranger, net.Vip, 900, seen[1])));

        Assert.True(FrameChecksums.AreValid(left));
        Assert.Equal(net.Real(real), BalancedNet.Target(left));
        AssertQuotes(sent[1], left);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_that_quotes_an_unknown_later_fragment_is_dropped(bool isV6)
    {
        using var net = new BalancedNet(isV6);
        byte[] answer = net.Udp(net.Client, Port, net.Real(1), BalancedNet.RealPort, BalancedNet.Bytes(2_000));
        byte[] later = Fragmenter.Cut(answer, 9, 1000)[1];

        Assert.Empty(net.Pass(BalancedNet.ServerSide, TooBig(net, net.Real(1), net.Client, 900, later)));
        Assert.Equal(1, net.Dropped(DropReason.Fragment));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_dsr_servers_errors_reach_it_unchanged(bool isV6)
    {
        using var net = new BalancedNet(isV6, $"/cfg/slb/virt 1/service {BalancedNet.Service}/nonat ena/rport 0");
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        byte[] answer = net.Udp(net.Vip, BalancedNet.Service, net.Client, Port, BalancedNet.Bytes(60));

        byte[] error = TooBig(net, net.Stranger, net.Vip, 1400, answer);
        byte[] left = Assert.Single(net.Pass(BalancedNet.ClientSide, error));

        Assert.Equal(error[14..], left[14..]);
        Assert.Equal(asked[..6], left[..6]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Under_full_nat_both_ends_are_translated(bool isV6)
    {
        string proxy = isV6 ? "2001:db8:2::99" : "10.2.0.99";
        using var net = new BalancedNet(isV6, $"/cfg/slb/virt 1/service {BalancedNet.Service}/pip {proxy}");
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(60));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        int real = net.RealOf(asked);

        byte[] left = Assert.Single(net.Pass(
            BalancedNet.ServerSide, Unreachable(net, net.Real(real), IpAddress.Parse(proxy), asked)));
        byte[] answer = net.Udp(net.Vip, BalancedNet.Service, net.Client, Port, BalancedNet.Bytes(60));
        byte[] inward = Assert.Single(net.Pass(BalancedNet.ClientSide, Unreachable(net, net.Client, net.Vip, answer)));

        Assert.Equal((net.Vip, net.Client), (BalancedNet.Source(left), BalancedNet.Target(left)));
        AssertQuotes(question, left);
        Assert.Equal((IpAddress.Parse(proxy), net.Real(real)), (BalancedNet.Source(inward), BalancedNet.Target(inward)));
        Assert.True(FrameChecksums.AreValid(left) && FrameChecksums.AreValid(inward));
    }

    [Fact]
    public void Extensions_behind_the_quote_stay_as_they_are()
    {
        using var net = new BalancedNet(isV6: false);
        byte[] question = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(10));
        byte[] asked = Assert.Single(net.Pass(BalancedNet.ClientSide, question));
        byte[] extended = [.. asked[14..], .. new byte[128 - (asked.Length - 14)], .. BalancedNet.Bytes(12)];
        byte[] error = net.IcmpError(net.Real(net.RealOf(asked)), net.Client, 3, 3, 1, 4, 0, asked.AsSpan(14));
        byte[] longer = [.. error[..(14 + 20 + 8)], .. extended];
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(16), (ushort)(longer.Length - 14));
        Finish(longer);

        byte[] left = Assert.Single(net.Pass(BalancedNet.ServerSide, longer));

        Assert.True(FrameChecksums.AreValid(left));
        Assert.Equal(extended[^12..], left[^12..]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Random_cut_quotes_and_bytes_never_leak_and_never_fault(bool isV6)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using var net = new BalancedNet(isV6);
        (int real, byte[] answer) = Converse(net);
        byte[] sent = net.Tcp(
            net.Client, Port, net.Real(real), BalancedNet.RealPort, TcpFlags.Ack, BalancedNet.Bytes(100), 2, 5_001);
        for (int i = 0; i < 3_000; i++)
        {
            bool fromServer = random.Next(2) == 0;
            byte[] packet = (fromServer ? sent : answer)[14..];
            packet = packet[..random.Next(packet.Length + 1)];
            for (int spoiled = random.Next(3); spoiled > 0 && packet.Length > 0; spoiled--)
            {
                packet[random.Next(packet.Length)] ^= (byte)random.Next(256);
            }
            byte[] error = net.IcmpError(
                fromServer ? net.Real(real) : net.Client, fromServer ? net.Client : net.Vip,
                3, (byte)random.Next(6), (byte)random.Next(1, 5), 0, (uint)random.Next(2_000), packet);

            foreach (byte[] left in net.Pass(fromServer ? 1 : 0, error))
            {
                Assert.True(FrameChecksums.AreValid(left), $"seed {seed}");
                Assert.True(!fromServer || BalancedNet.Source(left) != net.Real(real)
                    || !FromSession(net, left), $"seed {seed}");
            }
        }
    }

    // Bridged errors about what is not balanced keep the server's address; translated ones must
    // not.
    private static bool FromSession(BalancedNet net, byte[] frame)
        => net.Switch.TakeVerdicts() is [.., { Pass: PassReason.IcmpError }] && frame.Length > 0;

    // A TCP connection in its middle: the server it went to, and a segment as the client saw it.
    private static (int Real, byte[] Answer) Converse(BalancedNet net)
    {
        byte[] syn = net.Tcp(net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Syn, []);
        int real = net.RealOf(Assert.Single(net.Pass(BalancedNet.ClientSide, syn)));
        net.Pass(BalancedNet.ServerSide, net.Tcp(
            net.Real(real), BalancedNet.RealPort, net.Client, Port, TcpFlags.Syn | TcpFlags.Ack, [],
            ServerSequence - 1, 2));
        net.Pass(BalancedNet.ClientSide, net.Tcp(
            net.Client, Port, net.Vip, BalancedNet.Service, TcpFlags.Ack, [], 2, ServerSequence));
        byte[] answer = Assert.Single(net.Pass(BalancedNet.ServerSide, net.Tcp(
            net.Real(real), BalancedNet.RealPort, net.Client, Port, TcpFlags.Ack, BalancedNet.Bytes(100),
            ServerSequence, 2)));
        return (real, answer);
    }

    private static byte[] TooBig(BalancedNet net, IpAddress source, IpAddress target, uint mtu, byte[] about)
        => net.IcmpError(
            source, target, IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.FragmentationNeeded,
            IcmpV6Type.PacketTooBig, 0, mtu, about.AsSpan(14));

    private static byte[] Unreachable(BalancedNet net, IpAddress source, IpAddress target, byte[] about)
        => net.IcmpError(
            source, target, IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Port,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Port, 0, about.AsSpan(14));

    // What the error quotes is the packet as its sender sent it, byte for byte.
    private static void AssertQuotes(byte[] sent, byte[] error)
    {
        int start = 14 + (error[12] == 0x86 ? 40 : 20) + 8;
        Assert.Equal(sent[14..(14 + error.Length - start)], error[start..]);
    }

    private static void AssertNoTraceOf(IpAddress address, byte[] frame)
    {
        byte[] bytes = new byte[address.IsV6 ? 16 : 4];
        if (address.IsV6)
        {
            address.V6.Write(bytes);
        }
        else
        {
            address.V4.Write(bytes);
        }
        Assert.Equal(-1, frame.AsSpan().IndexOf(bytes));
    }

    private static SessionState State(BalancedNet net, bool isV6)
        => isV6 ? net.Switch.Tables.Sessions6.State(0) : net.Switch.Tables.Sessions4.State(0);

    private static void Finish(byte[] frame)
    {
        Span<byte> message = frame.AsSpan(34);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Compute(message));
        Assert.True(Ipv4View.TryWrap(frame.AsSpan(14), out Ipv4View ip));
        ip.CompleteHeaderChecksum();
    }
}
