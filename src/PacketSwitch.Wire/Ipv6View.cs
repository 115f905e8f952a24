// The IPv6 header and the walk along its extension headers. The walk is our own because
// PacketDotNet reads the length of every extension header from the first one; here each step is
// bounded by the payload and the number of steps by a constant.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>
/// An IPv6 packet (RFC 8200). Jumbograms (payload length 0) have no payload here.
/// </summary>
public readonly ref struct Ipv6View
{
    /// <summary>
    /// Extension headers followed before the chain counts as malformed. RFC 8200 section 4.1 allows
    /// each kind once and destination options twice.
    /// </summary>
    public const int MaximumExtensionHeaders = 8;

    /// <summary>Bytes of the fixed header.</summary>
    public const int HeaderLength = 40;

    private const int FragmentHeaderLength = 8;
    private const int ShortestExtensionHeader = 8;

    private readonly Span<byte> _packet;

    private Ipv6View(Span<byte> packet) => _packet = packet;

    /// <summary>Bytes after the fixed header, extension headers included.</summary>
    public int PayloadLength => _packet.Length - HeaderLength;

    public byte TrafficClass => (byte)(FirstWord >> 20);

    /// <summary>20 bits.</summary>
    public uint FlowLabel => FirstWord & 0xf_ffff;

    /// <summary>The first extension header or the protocol of the payload.</summary>
    public byte NextHeader => _packet[IPv6Fields.NextHeaderPosition];

    /// <summary>No checksum covers it.</summary>
    public byte HopLimit
    {
        get => _packet[IPv6Fields.HopLimitPosition];
        set => _packet[IPv6Fields.HopLimitPosition] = value;
    }

    public Ipv6Address Source
    {
        get => Ipv6Address.Read(_packet[IPv6Fields.SourceAddressPosition..]);
        internal set => value.Write(_packet[IPv6Fields.SourceAddressPosition..]);
    }

    public Ipv6Address Destination
    {
        get => Ipv6Address.Read(_packet[IPv6Fields.DestinationAddressPosition..]);
        internal set => value.Write(_packet[IPv6Fields.DestinationAddressPosition..]);
    }

    /// <summary>What follows the fixed header, bounded by the payload length.</summary>
    public Span<byte> Payload => _packet[HeaderLength..];

    private uint FirstWord =>
        _packet.Read32(IPv6Fields.VersionTrafficClassFlowLabelPosition);

    /// <summary>
    /// Wraps what follows the Ethernet header. False unless the version is 6 and header and payload
    /// lie within the bytes there are.
    /// </summary>
    public static bool TryWrap(Span<byte> packet, out Ipv6View view)
    {
        view = default;
        if (packet.Length < HeaderLength)
            return false;
        int totalLength = HeaderLength
            + packet.Read16(IPv6Fields.PayloadLengthPosition);
        if (packet[0] >> 4 != 6 || totalLength > packet.Length)
            return false;
        view = new Ipv6View(packet[..totalLength]);
        return true;
    }

    /// <summary>
    /// Wraps a packet of which only the beginning may be there, as an ICMPv6 error quotes it (RFC
    /// 4443 section 3). False unless the version is 6 and the fixed header is there. Lengths are
    /// those of the bytes that are there.
    /// </summary>
    public static bool TryWrapQuoted(Span<byte> packet, out Ipv6View view)
    {
        view = default;
        if (packet.Length < HeaderLength || packet[0] >> 4 != 6)
            return false;
        int totalLength = HeaderLength
            + packet.Read16(IPv6Fields.PayloadLengthPosition);
        view = new Ipv6View(packet[..Math.Min(totalLength, packet.Length)]);
        return true;
    }

    /// <summary>
    /// Follows the extension headers to the upper layer (RFC 8200 section 4). ESP and "no next
    /// header" end the walk and are its answer; so does a fragment that is not the first, whose
    /// bytes are the middle of something. False if the chain leaves the payload, is longer than
    /// <see cref="MaximumExtensionHeaders"/>, has hop-by-hop options anywhere but first, or two
    /// fragment headers.
    /// </summary>
    public bool TryFindUpperLayer(out Ipv6UpperLayer upper)
    {
        upper = new Ipv6UpperLayer { Protocol = NextHeader, Offset = HeaderLength };
        for (int headers = 0; IsExtension(upper.Protocol); headers++)
        {
            if (headers == MaximumExtensionHeaders
                || (headers > 0 && upper.Protocol == IpProtocol.HopByHop)
                || !TryStep(ref upper))
                return false;
            if (upper.FragmentOffsetBytes > 0)
                return true;
        }
        return true;
    }

    /// <summary>The bytes from the upper layer on, bounded by the payload length.</summary>
    /// <param name="upper">What <see cref="TryFindUpperLayer"/> found in this packet.</param>
    public Span<byte> PayloadOf(in Ipv6UpperLayer upper) => _packet[upper.Offset..];

    private bool TryStep(ref Ipv6UpperLayer upper)
    {
        Span<byte> rest = _packet[upper.Offset..];
        if (rest.Length < ShortestExtensionHeader)
            return false;
        int length = upper.Protocol switch
        {
            IpProtocol.Fragment => FragmentHeaderLength,
            IpProtocol.AuthenticationHeader => (rest[1] + 2) * 4, // RFC 4302 section 2.2
            _ => (rest[1] + 1) * 8,
        };
        if (length > rest.Length)
            return false;
        if (upper.Protocol == IpProtocol.Fragment && !TryReadFragment(rest, ref upper))
            return false;
        upper.Protocol = rest[0];
        upper.Offset += length;
        return true;
    }

    private static bool TryReadFragment(Span<byte> header, ref Ipv6UpperLayer upper)
    {
        if (upper.HasFragmentHeader)
            return false;
        ushort offsetAndFlags = header.Read16(2);
        upper.FragmentHeaderOffset = upper.Offset;
        upper.FragmentOffsetBytes = offsetAndFlags & 0xfff8;
        upper.MoreFragments = (offsetAndFlags & 1) != 0;
        upper.FragmentId = header.Read32(4);
        return true;
    }

    private static bool IsExtension(byte protocol) =>
        protocol is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment
            or IpProtocol.AuthenticationHeader or IpProtocol.DestinationOptions;
}
