// PacketDotNet as an independent reader and builder of well-formed frames: what the views read, it
// reads; what the writer writes, it finds valid; what it builds, the views find valid.

using System.Net;
using System.Net.NetworkInformation;
using PacketDotNet;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class PacketDotNetOracleTests
{
    private const int Frames = 20_000;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void The_views_read_what_PacketDotNet_reads(int seed)
    {
        Random random = new(seed);
        int[] seen = new int[4];
        for (int round = 0; round < Frames; round++)
        {
            byte[] frame = RandomFrames.Next(random);
            string ours = ReadWithViews(frame, seen);
            string theirs = ReadWithPacketDotNet([.. frame]);
            if (ours != theirs)
                Assert.Fail(
                    $"seed {seed}, frame {round}: {Convert.ToHexString(frame)}\n{ours}\n{theirs}");
        }
        Assert.All(seen, count => Assert.True(count > Frames / 10, $"{count}"));
    }

    [Fact]
    public void The_checksums_of_PacketDotNet_are_valid_and_come_out_the_same()
    {
        const int Seed = 13;
        Random random = new(Seed);
        for (int round = 0; round < Frames; round++)
        {
            byte[] frame = BuildWithPacketDotNet(random);
            byte[] spoiled = [.. frame];
            int field = frame[12] == 0x08 ? 34 : 54;
            field += frame[field - (frame[12] == 0x08 ? 11 : 34)] == IpProtocol.Tcp ? 16 : 6;
            spoiled[field] = 0xde;
            spoiled[field + 1] = 0xad;
            bool isSame = FrameChecksums.TryCompleteTransport(spoiled)
                && frame.AsSpan().SequenceEqual(spoiled);
            if (!isSame || !FrameChecksums.AreValid(frame))
                Assert.Fail($"seed {Seed}, frame {round}: {Convert.ToHexString(frame)}");
        }
    }

    [Fact]
    public void PacketDotNet_reads_the_arp_and_icmp_frames_of_the_writer()
    {
        byte[] buffer = new byte[100];
        MacAddress mac = new(0x0200_0000_0001);
        Ipv4Address address = Ipv4Address.Parse("192.0.2.1");
        int length = FrameWriter.Arp(
            buffer, PacketSwitch.Wire.ArpOperation.Reply, mac, mac, mac, address, mac,
            Ipv4Address.Parse("192.0.2.2"));

        ArpPacket arp = Parse(buffer[..length]).Extract<ArpPacket>();
        Assert.Equal(PacketDotNet.ArpOperation.Response, arp.Operation);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), arp.SenderProtocolAddress);
        Assert.Equal(IPAddress.Parse("192.0.2.2"), arp.TargetProtocolAddress);
        Assert.Equal(PhysicalAddress.Parse("020000000001"), arp.SenderHardwareAddress);

        IcmpV4Packet icmp = Parse(WireFrames.EchoV4()).Extract<IcmpV4Packet>();
        Assert.True(icmp.ValidIcmpChecksum);
        length = FrameWriter.NeighborSolicitation(
            buffer, mac, Ipv6Address.Parse("2001:db8::1"), Ipv6Address.Parse("2001:db8::2"));
        IPv6Packet ip = Parse(buffer[..length]).Extract<IPv6Packet>();
        Assert.Equal(255, ip.HopLimit);
        Assert.Equal(
            IPAddress.Parse("2001:db8::2"),
            ip.Extract<NdpNeighborSolicitationPacket>().TargetAddress);
    }

    private static string ReadWithViews(byte[] frame, int[] seen)
    {
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        string text = $"{ethernet.Source} {ethernet.Destination} tags {ethernet.VlanTagCount}"
            + $" {ethernet.OuterTag & 0xfff} {ethernet.EtherType}";
        if (ethernet.EtherType == EtherTypes.Ipv4)
        {
            Assert.True(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip));
            seen[0]++;
            return $"{text} v4 {ip.Source} {ip.Destination} {ip.Protocol} {ip.Ttl}"
                + $" {ip.HeaderLength} {ip.TotalLength} {ip.Identification} {ip.DscpEcn}"
                + $" {(ip.DontFragment ? 2 : 0)}"
                + $" {ip.HeaderChecksum} {ip.HeaderChecksumIsValid}"
                + ReadUpper(ip.Protocol, ip.Payload, seen);
        }
        Assert.True(Ipv6View.TryWrap(ethernet.Payload, out Ipv6View v6));
        Assert.True(v6.TryFindUpperLayer(out Ipv6UpperLayer upper));
        seen[1]++;
        return $"{text} v6 {v6.Source} {v6.Destination} {upper.Protocol} {v6.HopLimit}"
            + $" {v6.PayloadLength} {v6.TrafficClass} {v6.FlowLabel}"
            + ReadUpper(upper.Protocol, v6.PayloadOf(upper), seen);
    }

    private static string ReadUpper(byte protocol, Span<byte> payload, int[] seen)
    {
        if (protocol == IpProtocol.Tcp)
        {
            Assert.True(TcpView.TryWrap(payload, out TcpView tcp));
            seen[2]++;
            string size = tcp.TryGetMaximumSegmentSize(out ushort value) ? $"{value}" : "-";
            string scale = tcp.TryGetWindowScale(out byte shift) ? $"{shift}" : "-";
            return $" tcp {tcp.SourcePort} {tcp.DestinationPort} {tcp.SequenceNumber}"
                + $" {tcp.AcknowledgementNumber} {tcp.HeaderLength} {(int)tcp.Flags} {tcp.Window}"
                + $" {tcp.Checksum} True mss {size} scale {scale}"
                + $" {Convert.ToHexString(tcp.Payload)}";
        }
        Assert.True(UdpView.TryWrap(payload, out UdpView udp));
        seen[3]++;
        return $" udp {udp.SourcePort} {udp.DestinationPort} {udp.Length} {udp.Checksum} True"
            + $" {Convert.ToHexString(udp.Payload)}";
    }

    private static string ReadWithPacketDotNet(byte[] frame)
    {
        EthernetPacket ethernet = Parse(frame);
        Packet inner = ethernet.PayloadPacket;
        EthernetType type = ethernet.Type;
        int tags = 0;
        int outer = 0;
        for (; inner is Ieee8021QPacket tag; inner = tag.PayloadPacket)
        {
            if (tags++ == 0)
                outer = tag.VlanIdentifier;
            type = tag.Type;
        }
        string text = $"{Mac(ethernet.SourceHardwareAddress)}"
            + $" {Mac(ethernet.DestinationHardwareAddress)} tags {tags} {outer} {(int)type}";
        text += inner switch
        {
            IPv4Packet ip => $" v4 {ip.SourceAddress} {ip.DestinationAddress} {(int)ip.Protocol}"
                + $" {ip.TimeToLive} {ip.HeaderLength * 4} {ip.TotalLength} {ip.Id}"
                + $" {ip.TypeOfService} {ip.FragmentFlags} {ip.Checksum} {ip.ValidIPChecksum}",
            IPv6Packet ip => $" v6 {ip.SourceAddress} {ip.DestinationAddress} {(int)ip.Protocol}"
                + $" {ip.HopLimit} {ip.PayloadLength} {ip.TrafficClass} {(uint)ip.FlowLabel}",
            _ => " no ip",
        };
        return inner.PayloadPacket switch
        {
            TcpPacket tcp => text + ReadTcp(tcp),
            UdpPacket udp => text
                + $" udp {udp.SourcePort} {udp.DestinationPort} {udp.Length} {udp.Checksum}"
                + $" {udp.ValidUdpChecksum} {Convert.ToHexString(udp.PayloadData)}",
            _ => text,
        };
    }

    private static string ReadTcp(TcpPacket tcp)
    {
        // Null where there are no options.
        List<PacketDotNet.Tcp.TcpOption> options = tcp.OptionsCollection ?? [];
        var size = options.OfType<PacketDotNet.Tcp.MaximumSegmentSizeOption>();
        var scale = options.OfType<PacketDotNet.Tcp.WindowScaleFactorOption>();
        return $" tcp {tcp.SourcePort} {tcp.DestinationPort} {tcp.SequenceNumber}"
            + $" {tcp.AcknowledgmentNumber} {tcp.DataOffset * 4} {tcp.Flags} {tcp.WindowSize}"
            + $" {tcp.Checksum} {tcp.ValidTcpChecksum}"
            + $" mss {size.Select(o => $"{o.Value}").FirstOrDefault("-")}"
            + $" scale {scale.Select(o => $"{o.ScaleFactor}").FirstOrDefault("-")}"
            + $" {Convert.ToHexString(tcp.PayloadData)}";
    }

    private static byte[] BuildWithPacketDotNet(Random random)
    {
        bool isV4 = random.Next(2) == 0;
        IPPacket ip = isV4
            ? new IPv4Packet(Address(random, 4), Address(random, 4))
            : new IPv6Packet(Address(random, 16), Address(random, 16));
        byte[] payload = new byte[random.Next(100)];
        random.NextBytes(payload);
        ushort port = (ushort)random.Next(10_000, 60_000);
        TransportPacket transport = random.Next(2) == 0
            ? new TcpPacket(port, port) { SequenceNumber = (uint)random.Next(), Synchronize = true }
            : new UdpPacket(port, port);
        transport.PayloadData = payload;
        ip.PayloadPacket = transport;
        PhysicalAddress mac = PhysicalAddress.Parse("020000000001");
        EthernetPacket ethernet =
            new(mac, mac, isV4 ? EthernetType.IPv4 : EthernetType.IPv6) { PayloadPacket = ip };
        if (transport is TcpPacket tcp)
            tcp.UpdateTcpChecksum();
        else
            ((UdpPacket)transport).UpdateUdpChecksum();
        if (ip is IPv4Packet v4)
            v4.UpdateIPChecksum();
        return ethernet.Bytes;
    }

    private static EthernetPacket Parse(byte[] frame) =>
        (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, frame);

    private static IPAddress Address(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return new IPAddress(bytes);
    }

    private static string Mac(PhysicalAddress address) =>
        string.Join(':', address.GetAddressBytes().Select(b => $"{b:x2}"));
}
