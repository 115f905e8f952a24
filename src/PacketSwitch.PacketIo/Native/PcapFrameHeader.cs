// libpcap's struct pcap_pkthdr on a 64-bit Linux.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>What libpcap says of a frame: 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PcapFrameHeader
{
    public long Seconds;

    /// <summary>Microseconds or nanoseconds, as the handle was opened.</summary>
    public long Fraction;

    public uint CapturedLength;
    public uint WireLength;
}
