// Frames of a capture file through SharpPcap and libpcap: pcap of either byte order, with micro- or nanoseconds.

using SharpPcap.LibPcap;

namespace PacketSwitch.PacketIo;

/// <summary>An open file of libpcap.</summary>
internal sealed unsafe class LibpcapSource(CaptureFileReaderDevice device) : ICaptureSource
{
    private const int FrameRead = 1;
    private const int EndOfFile = -2;

    public string Error => device.LastError;

    public CaptureRead Read(out CaptureFrame frame)
    {
        frame = default;
        nint header = 0, data = 0;
        int status = device.GetNextPacketPointers(ref header, ref data);
        if (status != FrameRead)
        {
            return status == EndOfFile ? CaptureRead.EndOfFile
                : Error.Contains("truncated", StringComparison.OrdinalIgnoreCase) ? CaptureRead.Truncated
                : CaptureRead.Broken;
        }
        PcapFrameHeader* read = (PcapFrameHeader*)header;
        frame = new CaptureFrame(
            0,
            Nanoseconds(read->Seconds, read->Fraction),
            new ReadOnlySpan<byte>((void*)data, (int)Math.Min(read->CapturedLength, int.MaxValue)),
            (int)Math.Min(read->WireLength, int.MaxValue));
        return CaptureRead.Frame;
    }

    public void Dispose() => device.Dispose();

    // A time that no clock gives (a corrupt stamp) is held at the end of the range, never wrapped.
    // The file's seconds have 32 bits without a sign; libpcap reads them with one, as before 1970.
    private static long Nanoseconds(long seconds, long fraction)
    {
        const long last = (long.MaxValue / 1_000_000_000) - 1;
        long unsigned = seconds < 0 ? (uint)seconds : seconds;
        return (Math.Min(unsigned, last) * 1_000_000_000)
            + Math.Clamp(fraction, 0, 999_999_999);
    }
}
