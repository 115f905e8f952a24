// Describes a received frame from what the kernel says of it: lengths, offload metadata, and the VLAN tag that the
// kernel took off, which is put back so that the data plane sees the frame as it was on the wire. Used by RingSocket
// and LongFrames.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>From a slot of a ring to a frame of a burst.</summary>
internal static unsafe class RingFrame
{
    private const int MacBytes = 12;
    private const ushort DefaultVlanType = 0x8100;

    /// <summary>
    /// Describes the frame at an address, before which there is room for the headroom and a tag.
    /// </summary>
    public static void Describe(
        FrameDescriptor* frame, int index, byte* at, int length, in VirtioHeader offload,
        RingFrameHeader* slot, uint status)
    {
        *frame = default;
        frame->Address = (nint)at;
        frame->Length = length;
        frame->WireLength = Math.Max(length, (int)slot->WireLength);
        frame->BurstIndex = (sbyte)index;
        frame->SegmentType = offload.SegmentType;
        frame->SegmentSize = offload.SegmentType == 0 ? (ushort)0 : offload.SegmentSize;
        if ((offload.Flags & VirtioHeader.NeedsChecksum) != 0)
        {
            frame->Checksum = ChecksumState.Partial;
            frame->ChecksumStart = offload.ChecksumStart;
            frame->ChecksumOffset = (byte)offload.ChecksumOffset;
        }
        if ((status & PacketSocket.StatusVlanValid) != 0 && length >= MacBytes)
        {
            PutTagBack(frame, slot, status);
        }
    }

    private static void PutTagBack(FrameDescriptor* frame, RingFrameHeader* slot, uint status)
    {
        byte* at = (byte*)frame->Address;
        bool isTyped = (status & PacketSocket.StatusVlanTypeValid) != 0;
        ushort type = isTyped ? slot->VlanType : DefaultVlanType;
        ulong first = *(ulong*)at;
        uint rest = *(uint*)(at + sizeof(ulong));
        at -= IoLimits.VlanTagBytes;
        *(ulong*)at = first;
        *(uint*)(at + sizeof(ulong)) = rest;
        var tag = new Span<byte>(at + MacBytes, IoLimits.VlanTagBytes);
        BinaryPrimitives.WriteUInt16BigEndian(tag, type);
        BinaryPrimitives.WriteUInt16BigEndian(tag[2..], slot->VlanTag);
        frame->Address = (nint)at;
        frame->Length += IoLimits.VlanTagBytes;
        frame->WireLength += IoLimits.VlanTagBytes;
        if (frame->Checksum == ChecksumState.Partial)
        {
            frame->ChecksumStart += IoLimits.VlanTagBytes;
        }
    }
}
