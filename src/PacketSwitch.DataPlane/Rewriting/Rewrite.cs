// The finished rewrite of one direction of a session: what a frame's addresses and ports become, the checksum deltas
// precomputed (RFC 1624), and the neighbour it goes to. Filled once by RewritePlans, applied to every later frame.

using System.Runtime.CompilerServices;
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
    Addresses = 0x8000,
}

/// <summary>A rewrite as plain data: 16 bytes for IPv4, 40 for IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rewrite<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    /// <summary><see cref="Neighbor"/> of the direction towards the client: the session's client attachment.</summary>
    public const ushort ToClient = 0x7fff;

    // In the order of one little-endian number that has them as they stand in a header.
    public TAddress Destination;
    public TAddress Source;
    public ushort DestinationPort;
    public ushort SourcePort;

    /// <summary>RFC 1624 delta of the addresses: the IPv4 header checksum, and a partial L4 checksum.</summary>
    public ushort AddressDelta;

    private ushort _neighborAndFlags;

    /// <summary>Index of the neighbour in the snapshot, or <see cref="ToClient"/>.</summary>
    public ushort Neighbor
    {
        readonly get => (ushort)(_neighborAndFlags & ToClient);
        set => _neighborAndFlags = (ushort)((_neighborAndFlags & ~ToClient) | value);
    }

    /// <summary>What it changes besides the MACs.</summary>
    public RewriteFlags Flags
    {
        readonly get => (RewriteFlags)(_neighborAndFlags & ~ToClient);
        set => _neighborAndFlags = (ushort)(Neighbor | (ushort)value);
    }

    /// <summary>
    /// RFC 1624 delta of addresses and ports: a complete L4 checksum. 0 if their sum stays the
    /// same.
    /// </summary>
    /// <param name="oldPorts">Source and destination port of the frame, as one number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ushort TransportDelta(uint oldPorts)
    {
        uint before = ~oldPorts;
        ushort delta = InternetChecksum.Fold(
            (ulong)AddressDelta + (before >> 16) + (ushort)before + SourcePort + DestinationPort);
        return delta == ushort.MaxValue ? (ushort)0 : delta;
    }
}
