// Appends copies of frames to a burst. Lives on the stack of one Receive, and is what libpcap's
// callback gets as its user pointer; so it holds no references and cannot throw.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>The place in an arena and in a burst where the next frame goes.</summary>
internal unsafe struct BurstWriter(byte* start, FrameDescriptor* frames, int room)
{
    private readonly FrameDescriptor* _frames = frames;
    private readonly int _room = room;
    private byte* _next = start;

    /// <summary>Frames appended.</summary>
    public int Count;

    /// <summary>Bytes appended.</summary>
    public long Bytes;

    /// <summary>Whether another frame fits.</summary>
    public readonly bool HasRoom => Count < _room && Count < Limits.BurstFrames;

    /// <summary>
    /// Copies a frame behind its headroom and describes it. A frame longer than <see
    /// cref="Limits.MaxFrameBytes"/> is cut, which its <see cref="FrameDescriptor.WireLength"/>
    /// shows.
    /// </summary>
    public FrameDescriptor* Add(byte* data, int length, int wireLength)
    {
        Debug.Assert(HasRoom);
        if ((uint)length > Limits.MaxFrameBytes) length = length < 0 ? 0 : Limits.MaxFrameBytes;
        byte* at = FrameArena.Align(_next + Limits.FrameHeadroomBytes);
        Unsafe.CopyBlockUnaligned(at, data, (uint)length);
        _next = at + length;

        FrameDescriptor* frame = _frames + Count;
        *frame = default;
        frame->Address = (nint)at;
        frame->Length = length;
        frame->WireLength = wireLength < length ? length : wireLength;
        frame->BurstIndex = (sbyte)Count;
        Count++;
        Bytes += length;
        return frame;
    }
}
