// libpcap's struct pcap_stat on Linux: three unsigned ints, which SharpPcap 6.3.1 reads as three
// pointers (RAWIO.md section 1.5).

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Counts since the handle was opened, each modulo 2^32: 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PcapStatistics
{
    /// <summary>Frames that passed the filter, dropped ones included.</summary>
    public uint Received;

    /// <summary>Frames for which the ring had no room.</summary>
    public uint Dropped;

    /// <summary>Frames the interface lost before that.</summary>
    public uint InterfaceDropped;
}
