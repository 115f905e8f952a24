// The finished rewrite of one direction of a session: what a frame's addresses and ports become, the checksum deltas
// precomputed (RFC 1624), and the neighbour it goes to. Filled once by RewritePlans, applied to every later frame.

using System.Runtime.InteropServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>What a rewrite changes besides the MACs.</summary>
[Flags]
public enum RewriteFlags : ushort
{
    /// <summary>Only the MACs change (DSR, direct access).</summary>
    None = 0,

    /// <summary>IP addresses and ports are replaced and checksums adjusted.</summary>
    Addresses = 1,
}

/// <summary>A rewrite as plain data: 20 bytes for IPv4, 48 for IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rewrite<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    /// <summary><see cref="Neighbor"/> of the direction towards the client: the session's client attachment.</summary>
    public const ushort ToClient = 0xffff;

    public TAddress Source;
    public TAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>RFC 1624 delta of the addresses: the IPv4 header checksum, and a partial L4 checksum.</summary>
    public ushort AddressDelta;

    /// <summary>RFC 1624 delta of addresses and ports: a complete L4 checksum.</summary>
    public ushort TransportDelta;

    /// <summary>Index of the neighbour in the snapshot, or <see cref="ToClient"/>.</summary>
    public ushort Neighbor;

    public RewriteFlags Flags;
}
