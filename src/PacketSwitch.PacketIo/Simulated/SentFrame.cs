// A frame that a MemoryPort was given to send, with what the sender said of it.

using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>A copy of a sent frame.</summary>
public sealed record SentFrame(
    byte[] Bytes,
    ChecksumState Checksum,
    ushort ChecksumStart,
    ushort SegmentSize,
    byte SegmentType);
