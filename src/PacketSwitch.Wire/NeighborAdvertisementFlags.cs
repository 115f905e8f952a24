// The flags of a neighbour advertisement as they stand in bytes 4 to 7 of the message.

namespace PacketSwitch.Wire;

/// <summary>Flags of a neighbour advertisement (RFC 4861 section 4.4).</summary>
[Flags]
public enum NeighborAdvertisementFlags : uint
{
    None = 0,
    Router = 0x8000_0000,

    /// <summary>It answers a solicitation sent to one host.</summary>
    Solicited = 0x4000_0000,

    /// <summary>It replaces a cached link-layer address.</summary>
    Override = 0x2000_0000,
}
