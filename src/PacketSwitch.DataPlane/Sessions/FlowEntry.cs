// One direction of a session as it lies in the table: key, finished rewrite and what was seen of this direction.
// IPv4: exactly one cache line. Plain data without references (ARCHITECTURE section 6).

using System.Runtime.InteropServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A direction of a session: 64 bytes for IPv4, 112 of 128 for IPv6.</summary>
/// <remarks>Key and rewrite are written before the entry is published. The counters are written by the loops that
/// receive this direction (two loops may lose a count between them, never a session) and read by any.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct FlowEntry<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    public FlowKey<TAddress> Key;

    /// <summary>Where the session's client is, and bits: moved by <see cref="FlowPath"/> only.
    /// </summary>
    public ulong Path;

    public Rewrite<TAddress> Rewrite;

    /// <summary>Octets of frames forwarded in this direction, modulo 2^32; the rest is in
    /// <see cref="SessionState"/>.</summary>
    public uint BytesLow;

    /// <summary>Frames forwarded in this direction (wraps).</summary>
    public uint Packets;

    /// <summary>Tick of the last frame (<see cref="Ticks"/>).</summary>
    public uint LastSeen;

    /// <summary>The highest TCP acknowledgement number sent in this direction.</summary>
    public uint Acknowledged;

    /// <summary>The end of the highest TCP sequence number sent in this direction.</summary>
    public uint SequenceEnd;

    /// <summary>The window announced with <see cref="Acknowledged"/>, as it stood in the frame;
    /// <see cref="TcpTracker.WindowOf"/> scales it.</summary>
    public ushort Window;

    /// <summary>The session's real server.</summary>
    public ushort Real;
}
