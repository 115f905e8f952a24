// What the IP headers of a fragment say. Read by SlowPath for frames that Classifier has found to
// be fragments, so that whole frames carry none of it.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>
/// A fragment's place in its datagram (RFC 791 section 3.2, RFC 8200 section 4.5).
/// </summary>
internal readonly struct FragmentHeader
{
    private const int Ipv6FragmentHeaderLength = 8;
    private const int LongestPacket = ushort.MaxValue;

    private FragmentHeader(uint id, int offset, int length, bool more, int headers)
    {
        Id = id;
        OffsetBytes = offset;
        LengthBytes = length;
        More = more;
        bool cut = more && (length & 7) != 0;
        HasWrongLength = cut || length == 0 || offset + length > LongestPacket - headers;
    }

    /// <summary>Identification.</summary>
    public uint Id { get; }

    /// <summary>Where it stands in the datagram.</summary>
    public int OffsetBytes { get; }

    /// <summary>Bytes of the datagram that it carries.</summary>
    public int LengthBytes { get; }

    /// <summary>It is not the last.</summary>
    public bool More { get; }

    /// <summary>
    /// It is empty, not the last and no multiple of eight bytes long, or ends behind the longest
    /// packet there can be.
    /// </summary>
    public bool HasWrongLength { get; }

    /// <summary>It carries the transport header.</summary>
    public bool IsFirst => OffsetBytes == 0;

    /// <summary>Reads the headers of a fragment that Classifier has accepted.</summary>
    /// <param name="packet">The frame from its IP header on.</param>
    public static FragmentHeader Read<TAddress>(Span<byte> packet)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!TAddress.IsV6)
        {
            Ipv4View.TryWrap(packet, out Ipv4View ip4);
            return new FragmentHeader(
                ip4.Identification, ip4.FragmentOffsetBytes, ip4.Payload.Length, ip4.MoreFragments, ip4.HeaderLength);
        }
        Ipv6View.TryWrap(packet, out Ipv6View ip6);
        ip6.TryFindUpperLayer(out Ipv6UpperLayer upper);
        // The payload length counts extension headers before the fragment header, and not the
        // fixed header.
        int extensions = upper.FragmentHeaderOffset - Ipv6View.HeaderLength;
        int length = ip6.PayloadLength - extensions - Ipv6FragmentHeaderLength;
        return new FragmentHeader(
            upper.FragmentId, upper.FragmentOffsetBytes, length, upper.MoreFragments, extensions);
    }
}
