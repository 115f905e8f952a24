// Where a frame that leaves the switch comes from: it is a frame that entered, unchanged; or one with addresses, ports and MACs rewritten and nothing
// else; or one that was routed; or the switch made it. A frame that is none of these has been spoiled. Used by ScenarioRunner for every frame.

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
    private readonly HashSet<string> _oneHopOn = [];
    private readonly List<byte[]> _packets = [];

    public void Entered(byte[] frame)
    {
        _entered.Add(Convert.ToHexString(frame));
        _bare.Add(Bare(frame));
        if (EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            _packets.Add(ethernet.Payload.ToArray());
            _oneHopOn.Add(OneHopOn(ethernet));
        }
    }

    public FrameOrigin Of(byte[] frame)
        => _entered.Contains(Convert.ToHexString(frame)) ? FrameOrigin.Bridged
            : _bare.Contains(Bare(frame)) ? FrameOrigin.Rewritten
            : EthernetView.TryWrap(frame, out EthernetView ethernet)
                && _oneHopOn.Contains(Convert.ToHexString(ethernet.Payload)) ? FrameOrigin.Routed : FrameOrigin.Made;

    // The packet as a router passes it on: one hop less, the IPv4 header checksum computed afresh, and nothing else.
    private static string OneHopOn(EthernetView ethernet)
    {
        const int HopLimit = 7;
        const int Ttl = 8;
        byte[] packet = ethernet.Payload.ToArray();
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(packet, out Ipv4View ip))
        {
            packet[Ttl]--;
            ip.CompleteHeaderChecksum();
        }
        else if (ethernet.EtherType == EtherTypes.Ipv6 && packet.Length >= Ipv6View.HeaderLength)
        {
            packet[HopLimit]--;
        }
        return Convert.ToHexString(packet);
    }

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

    // The frame without what a rewrite changes: MACs, tags, addresses, ports and the checksums over them.
    private static string Bare(byte[] frame)
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

    private static bool Strip(Span<byte> packet, bool isV6)
    {
        if (isV6 && packet.Length >= Ipv6View.HeaderLength)
        {
            packet[8..40].Clear();
            return StripExtensions(packet[Ipv6View.HeaderLength..], packet[6]);
        }
        if (isV6 || packet.Length < 20 || packet[0] >> 4 != 4)
        {
            return false;
        }
        packet[10..20].Clear();
        int transport = (packet[0] & 0xf) * 4;
        bool laterFragment = ((packet[6] & 0x1f) | packet[7]) != 0;
        return laterFragment
            || (packet.Length >= transport && StripTransport(packet[transport..], packet[9], isV6: false));
    }

    private static bool StripExtensions(Span<byte> rest, byte next)
    {
        while (next is IpProtocol.DestinationOptions or IpProtocol.HopByHop or IpProtocol.Fragment && rest.Length >= 8)
        {
            bool laterFragment = next == IpProtocol.Fragment && (rest[2] | (rest[3] & 0xf8)) != 0;
            if (laterFragment)
            {
                return true;
            }
            int length = next == IpProtocol.Fragment ? 8 : (rest[1] + 1) * 8;
            next = rest[0];
            rest = rest[Math.Min(length, rest.Length)..];
        }
        return StripTransport(rest, next, isV6: true);
    }

    private static bool StripTransport(Span<byte> segment, byte protocol, bool isV6)
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
            return true;
        }
        const int IcmpHeader = 8;
        if (protocol != (isV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp) || segment.Length < IcmpHeader)
        {
            return false;
        }
        string word = IcmpWords.Of(isV6, segment[0], segment[1]);
        segment.Slice(2, 2).Clear();
        return !IcmpWords.IsError(word) || Strip(segment[IcmpHeader..], isV6);
    }
}
