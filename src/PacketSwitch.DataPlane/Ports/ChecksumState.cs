// Whether the L4 checksum of a frame is finished. Travels with the frame from receive to send.

namespace PacketSwitch.DataPlane;

/// <summary>The state of a frame's L4 checksum field.</summary>
public enum ChecksumState : byte
{
    /// <summary>The field covers pseudo-header and segment (or is absent): rewritten by RFC 1624.</summary>
    Complete,

    /// <summary>The field holds the sum of the pseudo-header only (CHECKSUM_PARTIAL in Linux).</summary>
    Partial,
}
