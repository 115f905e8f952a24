// One frame as a capture file holds it. The bytes are the reader's and valid until its next frame.

namespace PacketSwitch.PacketIo;

/// <summary>A frame of a capture file.</summary>
/// <param name="number">The frame's number in its file, from 1, as Wireshark counts.</param>
/// <param name="timeNs">Nanoseconds since 1970-01-01 UTC.</param>
/// <param name="bytes">The bytes captured.</param>
/// <param name="wireLength">The bytes the frame had on the wire.</param>
public readonly ref struct CaptureFrame(
    long number, long timeNs, ReadOnlySpan<byte> bytes, int wireLength)
{
    /// <summary>The frame's number in its file, from 1.</summary>
    public long Number { get; } = number;

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public long TimeNs { get; } = timeNs;

    /// <summary>The bytes captured.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The bytes the frame had on the wire.</summary>
    public int WireLength { get; } = wireLength;
}
