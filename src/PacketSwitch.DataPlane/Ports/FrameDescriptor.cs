// A reference to a frame's bytes with what is known beside them. Filled by the receiving port, carried through
// the loop, handed to the sending port. Plain data; never outlives its burst.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PacketSwitch.DataPlane;

/// <summary>Where a frame lies and what its port said of it: 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct FrameDescriptor
{
    /// <summary>The first byte of the Ethernet header; <see cref="Limits.FrameHeadroomBytes"/> writable bytes lie before it.</summary>
    public nint Address;

    /// <summary>Bytes present.</summary>
    public int Length;

    /// <summary>Bytes the frame had on the wire; more than <see cref="Length"/> when the capture cut it.</summary>
    public int WireLength;

    /// <summary>The receiving port's own mark (a ring slot); nobody else reads it.</summary>
    public int Slot;

    /// <summary>Payload bytes per segment of a super-frame, 0 when unknown or no super-frame.</summary>
    public ushort SegmentSize;

    /// <summary>Where the checksummed segment begins, from <see cref="Address"/>; meaningful when partial.</summary>
    public ushort ChecksumStart;

    /// <summary>Where the checksum field is, from <see cref="ChecksumStart"/>; meaningful when partial.</summary>
    public byte ChecksumOffset;

    /// <summary>The state of the L4 checksum.</summary>
    public ChecksumState Checksum;

    /// <summary>Virtio GSO type of a super-frame (0 none, 1 TCPv4, 4 TCPv6, 5 UDP), where the port has metadata.</summary>
    public byte SegmentType;

    /// <summary>Set by <see cref="IPacketPort.Send"/> when the frame was not sent.</summary>
    public bool Failed;

    /// <summary>Index of the frame in its burst, so that a failed send finds its frame; -1 for frames made here.</summary>
    public sbyte BurstIndex;

    /// <summary>The headers of a plain frame.</summary>
    internal readonly ref PlainHeaders Plain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref *(PlainHeaders*)Address;
    }

    /// <summary>The frame's bytes.</summary>
    public readonly Span<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((void*)Address, Length);
    }
}
