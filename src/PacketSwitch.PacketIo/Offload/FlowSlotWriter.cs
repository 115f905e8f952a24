// Fills the slot of a flow in the order of bytes that the programs want: what they compare with a
// frame or copy into one stands there as in the frame.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>From an <see cref="OffloadedFlow"/> to a slot.</summary>
internal static class FlowSlotWriter
{
    private const int MacBytes = 6;

    /// <summary>The slot, which is idle yet.</summary>
    public static FlowSlot Write(in OffloadedFlow flow, int ingress, int egress)
    {
        var slot = new FlowSlot
        {
            Egress = (uint)egress,
            SentEnd = flow.SequenceEnd,
            MaxFrame = (uint)flow.MaxFrameBytes,
            SequenceEnd = flow.SequenceEnd,
            Acknowledged = flow.Acknowledged,
        };
        int header = WriteEnds(slot.Key, flow.Ends);
        Span<byte> key = slot.Key;
        MemoryMarshal.Write(key[header..], ingress);
        WriteEnds(slot.NewHeader, flow.NewEnds);
        int addresses = header - (2 * sizeof(ushort));
        Span<byte> before = slot.Key, after = slot.NewHeader;
        slot.AddressDelta = Delta(before[..addresses], after[..addresses]);
        slot.PortDelta = Delta(before[addresses..header], after[addresses..header]);
        Span<byte> macs = slot.NewMacs;
        flow.NewDestinationMac.Write(macs);
        flow.NewSourceMac.Write(macs[MacBytes..]);
        flow.SourceMac.Write(slot.SourceMac);
        slot.Flags |= flow.Ends.Source.IsV6 ? FlowSlot.IsV6 : 0;
        slot.Flags |= flow.Ends != flow.NewEnds ? FlowSlot.RewritesAddresses : 0;
        slot.Flags |= flow.SourceMac.IsZero ? 0 : FlowSlot.ChecksSourceMac;
        return slot;
    }

    // Addresses and ports as they follow each other in a frame; returns how many bytes they are.
    private static int WriteEnds(Span<byte> to, in OffloadedEnds ends)
    {
        int bytes = WriteAddress(to, ends.Source);
        bytes += WriteAddress(to[bytes..], ends.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(to[bytes..], ends.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(to[(bytes + 2)..], ends.DestinationPort);
        return bytes + 4;
    }

    private static int WriteAddress(Span<byte> to, IpAddress address)
    {
        if (address.IsV6)
        {
            address.V6.Write(to);
            return 16;
        }
        address.V4.Write(to);
        return 4;
    }

    // The kernel's csum_diff: the one's complement sum of the new words and the inverted old ones,
    // in the byte order of memory. 0 where they are worth the same, so that no checksum changes.
    private static uint Delta(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        ulong sum = 0;
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(before)) sum += (ushort)~word;
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(after)) sum += word;
        return sum % ushort.MaxValue == 0 ? 0 : (uint)sum;
    }
}
