// Where a frame that leaves the switch comes from: it is a frame that entered, unchanged; or one with addresses, ports and MACs rewritten and nothing
// else; or routed, its TTL one less; or the switch made it. A frame that is none of these has been spoiled. Used by ScenarioRunner for every frame.

using System.Buffers.Binary;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal enum FrameOrigin
{
    Bridged,
    Rewritten,
    Routed,
    Made,
}

/// <summary>Remembers what entered.</summary>
internal sealed class FrameOrigins
{
    private readonly HashSet<string> _entered = [];
    private readonly HashSet<string> _bare = [];
    private readonly HashSet<string> _routed = [];
    private readonly List<byte[]> _packets = [];

    public void Entered(byte[] frame)
    {
        _entered.Add(Convert.ToHexString(frame));
        _bare.Add(Bare(frame));
        _routed.Add(Routed(frame));
        if (EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            _packets.Add(ethernet.Payload.ToArray());
        }
    }

    public FrameOrigin Of(byte[] frame)
        => _entered.Contains(Convert.ToHexString(frame)) ? FrameOrigin.Bridged
            : _bare.Contains(Bare(frame)) ? FrameOrigin.Rewritten
            : _routed.Contains(Unrouted(frame)) ? FrameOrigin.Routed : FrameOrigin.Made;

    /// <summary>True when the ICMP error's quotation is the beginning of a packet that entered.</summary>
    public bool QuotesWhatEntered(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return false;
        }
        const int IcmpHeader = 8;
        int header = ethernet.EtherType == EtherTypes.Ipv6 ? Ipv6View.HeaderLength : (ethernet.Payload[0] & 0xf) * 4;
        byte[] quoted = ethernet.Payload[(header + IcmpHeader)..].ToArray();
        return quoted.Length > 0 && _packets.Exists(packet => packet.AsSpan().StartsWith(quoted));
    }

    /// <summary>The frame without what a rewrite changes: MACs, tags, addresses, ports and the checksums over them.</summary>
    public static string Bare(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return Convert.ToHexString(frame);
        }
        byte[] packet = ethernet.Payload.ToArray();
        if (!Strip(packet, ethernet.EtherType == EtherTypes.Ipv6))
        {
            return Convert.ToHexString(frame);
        }
        return $"{ethernet.EtherType:x4} {Convert.ToHexString(packet)}";
    }

    /// <summary>The frame without what a router changes: MACs, tags and the IPv4 header checksum; the TTL stays.</summary>
    public static string Routed(byte[] frame) => WithoutLink(frame, 0);

    /// <summary>As <see cref="Routed"/>, with the TTL or hop limit the frame had before a router took one.</summary>
    public static string Unrouted(byte[] frame) => WithoutLink(frame, 1);

    private static string WithoutLink(byte[] frame, byte added)
    {
        const int Ipv4Ttl = 8;
        const int Ipv6HopLimit = 7;
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet) || ethernet.Payload.Length < 20)
        {
            return Convert.ToHexString(frame);
        }
        byte[] packet = ethernet.Payload.ToArray();
        packet[ethernet.EtherType == EtherTypes.Ipv4 ? Ipv4Ttl : Ipv6HopLimit] += added;
        if (ethernet.EtherType == EtherTypes.Ipv4)
        {
            packet.AsSpan(10, 2).Clear();
        }
        return $"{ethernet.EtherType:x4} {Convert.ToHexString(packet)}";
    }

    private static bool Strip(Span<byte> packet, bool isV6)
    {
        if (isV6 && packet.Length >= Ipv6View.HeaderLength)
        {
            packet[8..40].Clear();
            StripExtensions(packet[Ipv6View.HeaderLength..], packet[6]);
            return true;
        }
        if (isV6 || packet.Length < 20 || packet[0] >> 4 != 4)
        {
            return false;
        }
        packet[10..20].Clear();
        int transport = (packet[0] & 0xf) * 4;
        bool laterFragment = ((packet[6] & 0x1f) | packet[7]) != 0;
        if (!laterFragment && packet.Length >= transport)
        {
            StripTransport(packet[transport..], packet[9], isV6: false);
        }
        return true;
    }

    private static void StripExtensions(Span<byte> rest, byte next)
    {
        while (rest.Length >= 8 && next is IpProtocol.DestinationOptions or IpProtocol.HopByHop
            or IpProtocol.Routing or IpProtocol.Fragment)
        {
            bool laterFragment = next == IpProtocol.Fragment && (rest[2] | (rest[3] & 0xf8)) != 0;
            if (laterFragment)
            {
                return;
            }
            int length = next == IpProtocol.Fragment ? 8 : (rest[1] + 1) * 8;
            next = rest[0];
            rest = rest[Math.Min(length, rest.Length)..];
        }
        StripTransport(rest, next, isV6: true);
    }

    private static void StripTransport(Span<byte> segment, byte protocol, bool isV6)
    {
        if (protocol is IpProtocol.Tcp or IpProtocol.Udp)
        {
            int checksum = InternetChecksum.ChecksumOffset(protocol);
            if (segment.Length >= 4)
            {
                segment[..4].Clear();
            }
            // A UDP checksum of zero stays zero: it means that there is none (RFC 768).
            if (segment.Length >= checksum + 2
                && (protocol == IpProtocol.Tcp || BinaryPrimitives.ReadUInt16BigEndian(segment[checksum..]) != 0))
            {
                segment.Slice(checksum, 2).Fill(1);
            }
            return;
        }
        const int IcmpHeader = 8;
        if (protocol != (isV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp) || segment.Length < IcmpHeader)
        {
            return;
        }
        segment.Slice(2, 2).Clear();
        if (IcmpWords.IsError(IcmpWords.Of(isV6, segment[0], segment[1])))
        {
            Strip(segment[IcmpHeader..], isV6);
        }
    }
}
