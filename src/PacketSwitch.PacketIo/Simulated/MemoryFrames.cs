// A bounded first-in first-out queue of frames in memory that never moves. Owned by MemoryPort,
// which holds its lock around every call. Slots keep their memory, so a queue that has seen its
// longest frames allocates no more.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Frames waiting for a loop, and the ones the loop has not released yet.</summary>
internal sealed unsafe class MemoryFrames(int capacity)
{
    private const int LeastSlotBytes = 256;

    private readonly byte[]?[] _memory = new byte[capacity][];
    private readonly FrameDescriptor[] _frames = new FrameDescriptor[capacity];
    private int _first;
    private int _held;

    /// <summary>Frames in the queue, those handed out included.</summary>
    public int Count { get; private set; }

    /// <summary>Frames not handed out yet.</summary>
    public int Waiting => Count - _held;

    /// <summary>Appends a copy of a frame; false when the queue is full.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, in FrameDescriptor like)
    {
        if (Count == capacity) return false;
        int slot = Slot(Count);
        int needed = bytes.Length + Limits.FrameHeadroomBytes;
        byte[]? memory = _memory[slot];
        if (memory is null || memory.Length < needed)
        {
            memory = GC.AllocateUninitializedArray<byte>(
                Math.Max(needed, LeastSlotBytes), pinned: true);
            _memory[slot] = memory;
        }
        bytes.CopyTo(memory.AsSpan(Limits.FrameHeadroomBytes));
        ref FrameDescriptor frame = ref _frames[slot];
        frame = like;
        frame.Address = Marshal.UnsafeAddrOfPinnedArrayElement(memory, Limits.FrameHeadroomBytes);
        frame.Length = bytes.Length;
        frame.Slot = slot;
        Count++;
        return true;
    }

    /// <summary>Hands out the next frame where it lies; it stays until <see
    /// cref="ReleaseHeld"/>.</summary>
    public ref readonly FrameDescriptor Take() => ref _frames[Slot(_held++)];

    /// <summary>The frame at a place counted from the first, without taking it.</summary>
    public ref readonly FrameDescriptor Peek(int index) => ref _frames[Slot(index)];

    /// <summary>Gives the slots of all frames handed out back.</summary>
    public void ReleaseHeld()
    {
        _first = Slot(_held);
        Count -= _held;
        _held = 0;
    }

    private int Slot(int index)
    {
        int slot = _first + index;
        return slot >= capacity ? slot - capacity : slot;
    }
}
