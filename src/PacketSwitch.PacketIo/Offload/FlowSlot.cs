// One direction of a session as the kernel's programs see it: an element of an array that both
// share as memory. Written whole by KernelFlows before its key is published; then State moves as
// FlowFilter says, and the counters are the programs'.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>A direction's slot: 192 bytes. Numbers are in host order, what goes into frames or is
/// compared with them in network order.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct FlowSlot
{
    public const int Bytes = 192;

    /// <summary>Bytes of a key: addresses, ports, interface.</summary>
    public const int KeyBytes4 = 16;
    public const int KeyBytes6 = 40;

    /// <summary>The kernel takes no frame.</summary>
    public const uint Idle = 0;

    /// <summary>The kernel takes frames from the first one on that nothing overtakes.</summary>
    public const uint Pending = 1;

    /// <summary>The kernel takes the direction's frames.</summary>
    public const uint Active = 2;

    public const uint RewritesAddresses = 1;
    public const uint ChecksSourceMac = 2;
    public const uint IsV6 = 4;

    public const int StateAt = 0, EgressAt = 4, SentEndAt = 8, MaxFrameAt = 12, FramesAt = 16,
        BytesAt = 24, FailedAt = 32, SequenceEndAt = 40, AcknowledgedAt = 44, WindowAt = 48,
        FlagsAt = 52, SourceMacAt = 56, KeyAt = 64, NewMacsAt = 104, AddressDeltaAt = 116,
        PortDeltaAt = 120, NewHeaderAt = 128;

    [FieldOffset(StateAt)] public uint State;

    /// <summary>Number of the interface that frames leave on.</summary>
    [FieldOffset(EgressAt)] public uint Egress;

    /// <summary>End of what the loop has sent, while the direction is pending.</summary>
    [FieldOffset(SentEndAt)] public uint SentEnd;

    /// <summary>Longest frame that the egress takes, Ethernet header included.</summary>
    [FieldOffset(MaxFrameAt)] public uint MaxFrame;

    [FieldOffset(FramesAt)] public ulong Frames;
    [FieldOffset(BytesAt)] public ulong FrameBytes;

    /// <summary>Frames of those counted that could not be rewritten.</summary>
    [FieldOffset(FailedAt)] public ulong Failed;

    [FieldOffset(SequenceEndAt)] public uint SequenceEnd;
    [FieldOffset(AcknowledgedAt)] public uint Acknowledged;

    /// <summary>The window field as it stood, unscaled.</summary>
    [FieldOffset(WindowAt)] public uint Window;

    [FieldOffset(FlagsAt)] public uint Flags;
    [FieldOffset(SourceMacAt)] public SlotBytes8 SourceMac;
    [FieldOffset(KeyAt)] public SlotBytes40 Key;

    /// <summary>Destination and source MAC of the frame that leaves.</summary>
    [FieldOffset(NewMacsAt)] public SlotBytes12 NewMacs;

    /// <summary>What addresses and ports add to a checksum (RFC 1624), as the kernel adds
    /// it.</summary>
    [FieldOffset(AddressDeltaAt)] public uint AddressDelta;
    [FieldOffset(PortDeltaAt)] public uint PortDelta;

    /// <summary>New addresses and ports as they follow each other in the frame.</summary>
    [FieldOffset(NewHeaderAt)] public SlotBytes40 NewHeader;

    [InlineArray(8)]
    internal struct SlotBytes8
    {
        private byte _first;
    }

    [InlineArray(12)]
    internal struct SlotBytes12
    {
        private byte _first;
    }

    [InlineArray(40)]
    internal struct SlotBytes40
    {
        private byte _first;
    }
}
