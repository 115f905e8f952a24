// A TCP, UDP or ICMP frame as plain values, read and written by PacketDotNet: what ReferenceSwitch
// reckons with. Well-formed frames only.

using System.Net;
using System.Net.NetworkInformation;
using PacketDotNet;

namespace PacketSwitch.Tests.Properties.Reference;

/// <summary>One frame; two are equal when all their values are.</summary>
internal sealed record PlainFrame
{
    private static readonly (string Letter, ushort Bit)[] FlagBits =
        [("F", 1), ("S", 2), ("R", 4), ("P", 8), ("A", 16)];

    public required string SourceMac { get; init; }
    public required string TargetMac { get; init; }
    public required string Source { get; init; }
    public required string Target { get; init; }
    public int SourcePort { get; init; }
    public int TargetPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, or <c>icmp TYPE/CODE</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>TCP flags in the order FSRPA.</summary>
    public string Flags { get; init; } = "";

    public uint Sequence { get; init; }
    public uint Acknowledgement { get; init; }
    public int Window { get; init; }
    public int Ttl { get; init; } = 64;

    /// <summary>
    /// The payload in hexadecimal; of an ICMP error, the quoted IP header and eight bytes.
    /// </summary>
    public string Payload { get; init; } = "";

    /// <summary>False when a checksum of the frame is wrong.</summary>
    public bool IsValid { get; init; } = true;

    public bool Is(string flag) => Flags.Contains(flag);

    /// <summary>Bytes of the sequence space that it takes.</summary>
    public uint SequenceLength
        => (uint)(Payload.Length / 2) + (Is("S") ? 1u : 0) + (Is("F") ? 1u : 0);

    /// <summary>The beginning of the packet, as an ICMP error about it quotes it.</summary>
    public static string Quote(byte[] frame)
        => Convert.ToHexString(frame[14..(14 + HeaderBytes(frame[12] == 0x86) + 8)]);

    /// <summary>Reads a frame.</summary>
    public static PlainFrame Read(byte[] bytes)
    {
        var ethernet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, bytes);
        IPPacket ip = ethernet.Extract<IPPacket>();
        var frame = new PlainFrame
        {
            SourceMac = ethernet.SourceHardwareAddress.ToString(),
            TargetMac = ethernet.DestinationHardwareAddress.ToString(),
            Source = ip.SourceAddress.ToString(),
            Target = ip.DestinationAddress.ToString(),
            Protocol = "other",
            Ttl = ip.TimeToLive,
            IsValid = ip is not IPv4Packet v4 || v4.ValidChecksum,
        };
        return ip.PayloadPacket switch
        {
            TcpPacket tcp => frame with
            {
                Protocol = "tcp",
                SourcePort = tcp.SourcePort,
                TargetPort = tcp.DestinationPort,
                Flags = string.Concat(
                    FlagBits.Where(flag => (tcp.Flags & flag.Bit) != 0)
                        .Select(flag => flag.Letter)),
                Sequence = tcp.SequenceNumber,
                Acknowledgement = tcp.AcknowledgmentNumber,
                Window = tcp.WindowSize,
                Payload = Convert.ToHexString(tcp.PayloadData),
                IsValid = frame.IsValid && tcp.ValidTcpChecksum,
            },
            UdpPacket udp => frame with
            {
                Protocol = "udp",
                SourcePort = udp.SourcePort,
                TargetPort = udp.DestinationPort,
                Payload = Convert.ToHexString(udp.PayloadData),
                IsValid = frame.IsValid && udp.ValidUdpChecksum,
            },
            _ => frame with
            {
                Protocol = $"icmp {bytes[IcmpAt(bytes)]}/{bytes[IcmpAt(bytes) + 1]}",
                Payload = Quoted(bytes),
            },
        };
    }

    /// <summary>Writes a TCP or UDP frame.</summary>
    public byte[] ToBytes()
    {
        IPAddress source = IPAddress.Parse(Source);
        bool isV6 = source.GetAddressBytes().Length == 16;
        IPPacket ip = isV6
            ? new IPv6Packet(source, IPAddress.Parse(Target))
            : new IPv4Packet(source, IPAddress.Parse(Target));
        ip.TimeToLive = Ttl;
        TransportPacket transport = Protocol == "tcp"
            ? new TcpPacket((ushort)SourcePort, (ushort)TargetPort)
            {
                SequenceNumber = Sequence,
                AcknowledgmentNumber = Acknowledgement,
                WindowSize = (ushort)Window,
                Flags = (ushort)FlagBits.Where(flag => Is(flag.Letter)).Sum(flag => flag.Bit),
            }
            : new UdpPacket((ushort)SourcePort, (ushort)TargetPort);
        transport.PayloadData = Convert.FromHexString(Payload);
        ip.PayloadPacket = transport;
        var ethernet = new EthernetPacket(
            PhysicalAddress.Parse(SourceMac), PhysicalAddress.Parse(TargetMac),
            isV6 ? EthernetType.IPv6 : EthernetType.IPv4)
        {
            PayloadPacket = ip,
        };
        if (transport is TcpPacket tcp)
        {
            tcp.UpdateTcpChecksum();
        }
        else
        {
            ((UdpPacket)transport).UpdateUdpChecksum();
        }
        if (ip is IPv4Packet v4)
        {
            v4.UpdateIPChecksum();
        }
        return ethernet.Bytes;
    }

    private static int HeaderBytes(bool isV6) => isV6 ? 40 : 20;

    private static int IcmpAt(byte[] frame) => 14 + HeaderBytes(frame[12] == 0x86);

    private static string Quoted(byte[] frame)
    {
        int start = IcmpAt(frame) + 8;
        int length = Math.Min(HeaderBytes(frame[12] == 0x86) + 8, frame.Length - start);
        return Convert.ToHexString(frame.AsSpan(start, length));
    }
}
