// struct tpacket_stats.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Counts since they were last read: 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingStatistics
{
    /// <summary>Frames that came, lost ones included.</summary>
    public uint Received;

    /// <summary>Frames for which no slot was free.</summary>
    public uint Lost;
}
