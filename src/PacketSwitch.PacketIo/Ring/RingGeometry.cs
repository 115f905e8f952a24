// How a packet ring is laid out. Frames that fit a slot come through the ring; longer ones (super-frames) wait whole
// in the socket's queue and leave their beginning in a slot. So the slots can be small: many frames fit into a ring
// that stays in the cache, and only super-frames that are there take room. Made by RingBackend.

namespace PacketSwitch.PacketIo;

/// <summary>The measures of one ring.</summary>
/// <param name="SlotBytes">Of one slot, a multiple of 16.</param>
/// <param name="BlockBytes">The kernel takes memory in blocks; no slot lies across two.</param>
/// <param name="Blocks">How many of them.</param>
/// <param name="TakesLongFrames">Whether frames longer than a slot wait in the socket's
/// queue.</param>
internal readonly record struct RingGeometry(
    int SlotBytes, int BlockBytes, int Blocks, bool TakesLongFrames)
{
    // TPACKET_ALIGN(sizeof(tpacket2_hdr)) + sizeof(sockaddr_ll), 16 bytes for the Ethernet header,
    // rounded up to 16, the reserve, then 10 bytes of virtio header less the 14 of Ethernet.
    private const int SlotHeaderBytes = 80;

    /// <summary>Bytes between a slot's header and the frame that the kernel leaves free: the room
    /// of a VLAN tag that is put back.</summary>
    public const int ReserveBytes = IoLimits.VlanTagBytes;

    public int SlotsPerBlock => BlockBytes / SlotBytes;

    public int Slots => SlotsPerBlock * Blocks;

    public long Bytes => (long)BlockBytes * Blocks;

    /// <summary>The ring for an interface.</summary>
    /// <param name="options">Sizes that were asked for; 0 chooses.</param>
    /// <param name="mtu">Of the interface.</param>
    /// <param name="hasQueue">Whether the socket's queue has room for super-frames; without it the
    /// slots take them.</param>
    public static RingGeometry For(LivePortOptions options, int mtu, bool hasQueue)
    {
        if (options.SnapBytes > 0) return Make(options.SnapBytes, options.BufferBytes, false);
        if (!hasQueue) return Make(IoLimits.SuperFrameSnapBytes, options.BufferBytes, false);
        int frame = mtu + IoLimits.EthernetHeaderBytes + (2 * IoLimits.VlanTagBytes);
        frame = Math.Clamp(frame, IoLimits.RingFrameBytes, IoLimits.RingJumboBytes);
        return Make(frame, options.BufferBytes, true);
    }

    private static RingGeometry Make(int frameBytes, int bufferBytes, bool takesLongFrames)
    {
        int slot = (SlotHeaderBytes + frameBytes + 15) & ~15;
        if (bufferBytes == 0)
        {
            bufferBytes = takesLongFrames ? IoLimits.RingBytes : IoLimits.SuperFrameBufferBytes;
        }
        int block = Math.Min(bufferBytes, IoLimits.RingBlockBytes);
        return new RingGeometry(slot, block, bufferBytes / block, takesLongFrames);
    }
}
