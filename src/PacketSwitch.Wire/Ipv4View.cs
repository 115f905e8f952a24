// The IPv4 header. TryWrap bounds the packet by its own total length, so that Ethernet padding is
// never taken for payload. The setters that leave the checksums alone are internal: the rewrite
// brings its precomputed delta, the segmenter computes the header checksum anew.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>An IPv4 packet (RFC 791).</summary>
public readonly ref struct Ipv4View
{
    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsBit = 0x2000;
    private const ushort FragmentOffsetMask = 0x1fff;

    private readonly Span<byte> _packet;

    private Ipv4View(Span<byte> packet, int headerLength)
    {
        _packet = packet;
        HeaderLength = headerLength;
    }

    /// <summary>Bytes of the header with its options: 20 to 60.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of header and payload.</summary>
    public int TotalLength => _packet.Length;

    /// <summary>Differentiated services code point and ECN bits (RFC 2474, RFC 3168).</summary>
    public byte DscpEcn => _packet[IPv4Fields.DifferentiatedServicesPosition];

    public ushort Identification
    {
        get => _packet.Read16(IPv4Fields.IdPosition);
        internal set => _packet.Write16(IPv4Fields.IdPosition, value);
    }

    public bool DontFragment => (FragmentOffsetAndFlags & DontFragmentBit) != 0;

    public bool MoreFragments => (FragmentOffsetAndFlags & MoreFragmentsBit) != 0;

    /// <summary>Where the payload stands in the whole datagram, in bytes.</summary>
    public int FragmentOffsetBytes => (FragmentOffsetAndFlags & FragmentOffsetMask) * 8;

    /// <summary>True for the first and every later fragment of a divided datagram.</summary>
    public bool IsFragment =>
        (FragmentOffsetAndFlags & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    public byte Ttl => _packet[IPv4Fields.TtlPosition];

    /// <summary>One of <see cref="IpProtocol"/>, or another.</summary>
    public byte Protocol => _packet[IPv4Fields.ProtocolPosition];

    public ushort HeaderChecksum
    {
        get => _packet.Read16(IPv4Fields.ChecksumPosition);
        internal set => _packet.Write16(IPv4Fields.ChecksumPosition, value);
    }

    public Ipv4Address Source
    {
        get => Ipv4Address.Read(_packet[IPv4Fields.SourcePosition..]);
        internal set => value.Write(_packet[IPv4Fields.SourcePosition..]);
    }

    public Ipv4Address Destination
    {
        get => Ipv4Address.Read(_packet[IPv4Fields.DestinationPosition..]);
        internal set => value.Write(_packet[IPv4Fields.DestinationPosition..]);
    }

    public bool HasOptions => HeaderLength > IPv4Fields.HeaderLength;

    public bool HeaderChecksumIsValid =>
        InternetChecksum.Finish(InternetChecksum.Sum(_packet[..HeaderLength])) == 0;

    /// <summary>What follows the header, bounded by the total length.</summary>
    public Span<byte> Payload => _packet[HeaderLength..];

    private ushort FragmentOffsetAndFlags =>
        _packet.Read16(IPv4Fields.FragmentOffsetAndFlagsPosition);

    /// <summary>
    /// Wraps what follows the Ethernet header. False unless the version is 4, the header has at
    /// least 20 bytes, and header and total length lie within the bytes there are.
    /// </summary>
    public static bool TryWrap(Span<byte> packet, out Ipv4View view)
    {
        view = default;
        if (packet.Length < IPv4Fields.HeaderLength)
            return false;
        byte versionAndLength = packet[IPv4Fields.VersionAndHeaderLengthPosition];
        int headerLength = (versionAndLength & 0x0f) * 4;
        int totalLength = packet.Read16(IPv4Fields.TotalLengthPosition);
        if (versionAndLength >> 4 != 4
            || headerLength < IPv4Fields.HeaderLength
            || totalLength < headerLength
            || totalLength > packet.Length)
            return false;
        view = new Ipv4View(packet[..totalLength], headerLength);
        return true;
    }

    /// <summary>
    /// Wraps a packet of which only the beginning may be there, as an ICMP error quotes it (RFC
    /// 792). False unless the version is 4 and the whole header is there. Lengths are those of the
    /// bytes that are there.
    /// </summary>
    public static bool TryWrapQuoted(Span<byte> packet, out Ipv4View view)
    {
        view = default;
        if (packet.Length < IPv4Fields.HeaderLength)
            return false;
        byte versionAndLength = packet[IPv4Fields.VersionAndHeaderLengthPosition];
        int headerLength = (versionAndLength & 0x0f) * 4;
        int totalLength = packet.Read16(IPv4Fields.TotalLengthPosition);
        if (versionAndLength >> 4 != 4
            || headerLength < IPv4Fields.HeaderLength
            || totalLength < headerLength
            || packet.Length < headerLength)
            return false;
        view = new Ipv4View(packet[..Math.Min(totalLength, packet.Length)], headerLength);
        return true;
    }

    /// <summary>
    /// Takes one hop off and keeps the header checksum right (RFC 1624, RFC 1812 5.3.1).
    /// </summary>
    /// <returns>False, and nothing changed, if the packet has no hop left to go.</returns>
    public bool TryDecrementTtl()
    {
        byte ttl = Ttl;
        if (ttl <= 1)
            return false;
        ushort delta = InternetChecksum.Delta((uint)ttl << 8, (uint)(ttl - 1) << 8);
        _packet[IPv4Fields.TtlPosition] = (byte)(ttl - 1);
        HeaderChecksum = InternetChecksum.Update(HeaderChecksum, delta);
        return true;
    }

    /// <summary>Computes the header checksum from the header as it stands.</summary>
    public void CompleteHeaderChecksum()
    {
        HeaderChecksum = 0;
        HeaderChecksum = InternetChecksum.Compute(_packet[..HeaderLength]);
    }
}
