// struct tpacket2_hdr.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The beginning of a slot of a packet ring: 32 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct RingFrameHeader
{
    /// <summary>Whose the slot is, and what is known of the frame.</summary>
    [FieldOffset(0)]
    public uint Status;

    /// <summary>Bytes the frame has.</summary>
    [FieldOffset(4)]
    public uint WireLength;

    /// <summary>Bytes of it in the slot.</summary>
    [FieldOffset(8)]
    public uint Length;

    /// <summary>Where the frame begins, from the start of the slot; its virtio header lies right
    /// before.</summary>
    [FieldOffset(12)]
    public ushort FrameOffset;

    /// <summary>The VLAN tag the kernel took off (TCI).</summary>
    [FieldOffset(24)]
    public ushort VlanTag;

    /// <summary>Its type (TPID).</summary>
    [FieldOffset(26)]
    public ushort VlanType;
}
