// Fixed, pinned memory for frames that a loop makes or keeps: segments, replies, held frames. Taken once at start.

using System.Runtime.InteropServices;

namespace PacketSwitch.DataPlane;

/// <summary>A row of equal slots in pinned memory, each with <see cref="Limits.FrameHeadroomBytes"/> before it.</summary>
public sealed class FrameMemory
{
    private readonly byte[] _bytes;
    private readonly int _stride;

    /// <summary>Takes memory for <paramref name="slots"/> frames of up to <paramref name="frameBytes"/>.</summary>
    public FrameMemory(int slots, int frameBytes)
    {
        FrameBytes = frameBytes;
        _stride = (frameBytes + Limits.FrameHeadroomBytes + 63) & ~63;
        _bytes = GC.AllocateUninitializedArray<byte>(slots * _stride, pinned: true);
    }

    /// <summary>Bytes of a slot.</summary>
    public int FrameBytes { get; }

    /// <summary>The bytes of a slot.</summary>
    public Span<byte> Slot(int slot) => _bytes.AsSpan((slot * _stride) + Limits.FrameHeadroomBytes, FrameBytes);

    /// <summary>A descriptor of the first <paramref name="length"/> bytes of a slot.</summary>
    public FrameDescriptor Describe(int slot, int length) => new()
    {
        Address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, (slot * _stride) + Limits.FrameHeadroomBytes),
        Length = length,
        WireLength = length,
        BurstIndex = -1,
    };
}
