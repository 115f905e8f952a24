// struct tpacket_req.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The measures of a packet ring: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingRequest
{
    public uint BlockBytes;
    public uint Blocks;
    public uint SlotBytes;

    /// <summary>Of all blocks together.</summary>
    public uint Slots;
}
