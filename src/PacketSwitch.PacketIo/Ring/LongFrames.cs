// Frames of a burst that are longer than a slot: they wait whole in the socket's queue, in the order of their slots,
// and are fetched into one block of memory with one call for all of a burst. The block is used again for every burst,
// so that a super-frame is still in the cache when it is sent. Owned by a receiver, used by its loop.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Fetches the long frames of a burst.</summary>
internal sealed unsafe class LongFrames
{
    private const int VirtioBytes = 10;

    private readonly FrameArena _arena = new();
    private readonly MessageEntry[] _messages =
        GC.AllocateArray<MessageEntry>(Limits.BurstFrames, pinned: true);
    private readonly BufferEntry[] _buffers =
        GC.AllocateArray<BufferEntry>(2 * Limits.BurstFrames, pinned: true);
    private readonly VirtioHeader[] _headers =
        GC.AllocateArray<VirtioHeader>(Limits.BurstFrames, pinned: true);
    private readonly nint[] _slots = new nint[Limits.BurstFrames];
    private readonly int[] _indexes = new int[Limits.BurstFrames];
    private byte* _next;
    private int _count;

    /// <summary>Whether frames were added and not yet fetched.</summary>
    public bool Any => _count > 0;

    /// <summary>Starts a burst; the bytes of the last one are given up.</summary>
    public void Begin()
    {
        _next = _arena.Start;
        _count = 0;
    }

    /// <summary>Notes that the frame of a slot is to be fetched.</summary>
    public void Add(RingFrameHeader* slot, int index)
    {
        int length = (int)Math.Min(slot->WireLength, Limits.MaxFrameBytes);
        byte* at = FrameArena.Align(
            _next + Limits.FrameHeadroomBytes + IoLimits.VlanTagBytes);
        _next = at + length;
        int i = _count++;
        BufferEntry* buffers = At(_buffers, 2 * i);
        buffers[0] = new BufferEntry { Base = At(_headers, i), Length = VirtioBytes };
        buffers[1] = new BufferEntry { Base = at, Length = (nuint)length };
        _messages[i] = new MessageEntry { Buffers = buffers, BufferCount = 2 };
        _slots[i] = (nint)slot;
        _indexes[i] = index;
    }

    /// <summary>
    /// Fetches what was added and describes it. False, with a line that says why, when the queue
    /// does not hold what the slots announce; what could not be fetched then has no bytes.
    /// </summary>
    public bool TryFetch(int descriptor, FrameDescriptor* frames, out string why)
    {
        int fetched = 0;
        why = string.Empty;
        for (int tries = 0; fetched < _count && tries < IoLimits.FetchTries; tries++)
        {
            int got = LibC.recvmmsg(
                descriptor, At(_messages, fetched), (uint)(_count - fetched), LibC.DoNotWait, null);
            if (got > 0) fetched += got;
            else why = Marshal.GetLastPInvokeErrorMessage();
        }
        bool isWhole = fetched == _count;
        for (int i = 0; i < _count; i++)
        {
            var slot = (RingFrameHeader*)_slots[i];
            int length = i < fetched ? (int)_messages[i].SentBytes - VirtioBytes : 0;
            RingFrame.Describe(frames + _indexes[i], _indexes[i], (byte*)_buffers[(2 * i) + 1].Base,
                length, i < fetched ? _headers[i] : default, slot, slot->Status);
            if (i < fetched && length != Math.Min(slot->WireLength, Limits.MaxFrameBytes))
            {
                isWhole = false;
                why = "the queue and the ring disagree";
            }
        }
        return isWhole;
    }

    private static T* At<T>(T[] pinned, int index) where T : unmanaged =>
        (T*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);
}
