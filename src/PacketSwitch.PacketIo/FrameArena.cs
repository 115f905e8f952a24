// The bytes of one burst: a block that never moves, into which a port copies what it received.
// Owned by one port and written by its receiving loop only. Frames are packed one after the other,
// so a burst of short frames stays in the first-level cache. The block is pinned managed memory and
// not freed by hand: whoever still holds the port still holds the bytes.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Memory for the frames of one burst, at their longest.</summary>
internal sealed unsafe class FrameArena
{
    private readonly byte[] _memory;
    private readonly byte* _start;

    public FrameArena(int frames = Limits.BurstFrames)
    {
        int bytes = (frames * IoLimits.FrameStrideBytes) + IoLimits.FrameAlignmentBytes;
        _memory = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        _start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        Frames = frames;
    }

    /// <summary>Frames that fit, whatever their length.</summary>
    public int Frames { get; }

    /// <summary>The first byte.</summary>
    public byte* Start => _start;

    /// <summary>The next address at which a frame may start.</summary>
    public static byte* Align(byte* address)
    {
        const nuint mask = IoLimits.FrameAlignmentBytes - 1;
        return (byte*)(((nuint)address + mask) & ~mask);
    }

    /// <summary>Starts a new burst; the bytes of the last one are given up.</summary>
    public BurstWriter Begin(FrameDescriptor* frames) => new(_start, frames, Frames);
}
