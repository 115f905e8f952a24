// Where an IPv6 packet's upper layer begins and what its fragment header says: the answer of
// Ipv6View.TryFindUpperLayer. It holds numbers only, so it may be kept after the view is gone.

namespace PacketSwitch.Wire;

/// <summary>The end of an IPv6 extension header chain.</summary>
public struct Ipv6UpperLayer
{
    /// <summary>
    /// The protocol at <see cref="Offset"/>. In a fragment that is not the first it is only a claim
    /// about the whole datagram: no header stands there.
    /// </summary>
    public byte Protocol { get; internal set; }

    /// <summary>Bytes from the start of the IPv6 header; at most the packet's length.</summary>
    public int Offset { get; internal set; }

    /// <summary>
    /// Bytes from the start of the IPv6 header, or 0 if there is no fragment header.
    /// </summary>
    public int FragmentHeaderOffset { get; internal set; }

    /// <summary>Where the fragment stands in the whole datagram, in bytes.</summary>
    public int FragmentOffsetBytes { get; internal set; }

    public bool MoreFragments { get; internal set; }

    public uint FragmentId { get; internal set; }

    public readonly bool HasFragmentHeader => FragmentHeaderOffset > 0;

    /// <summary>
    /// True for the first and every later fragment of a divided datagram; false for an atomic
    /// fragment, which is whole although it has the header (RFC 6946).
    /// </summary>
    public readonly bool IsFragment => FragmentOffsetBytes > 0 || MoreFragments;

    public readonly bool HasExtensions => Offset > Ipv6View.HeaderLength;
}
