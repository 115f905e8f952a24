// Writes Ethernet frames to a classic pcap file with nanosecond stamps. Used by CaptureFilePort and
// RecordingPort. The same frames and times give the same bytes on every run and machine. It is not
// SharpPcap's writer because that one (pcap_dump) tells nobody when the disk is full.

using System.Buffers.Binary;

namespace PacketSwitch.PacketIo;

/// <summary>A capture file being written. Not thread-safe. A failed write ends it and is kept as a
/// problem.</summary>
public sealed class CaptureFileWriter : IDisposable
{
    private const uint NanosecondMagic = 0xa1b23c4d;
    private const int FileHeaderBytes = 24;
    private const int FrameHeaderBytes = 16;
    private const int SnapLengthBytes = 262_144;
    private const int EthernetLinkType = 1;
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _file;

    private CaptureFileWriter(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>Frames written.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>Why the file is not whole; null while all is well.</summary>
    public PortProblem? Problem { get; private set; }

    /// <summary>Makes or overwrites a capture file; false with a one-line problem when that cannot
    /// be.</summary>
    public static bool TryCreate(
        string path, out CaptureFileWriter? writer, out PortProblem? problem)
    {
        writer = null;
        problem = null;
        try
        {
            var file = new FileStream(
                path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
            writer = new CaptureFileWriter(path, file);
            writer.WriteFileHeader();
            return true;
        }
        catch (Exception error) when (IsFileError(error))
        {
            problem = new PortProblem(
                $"capture {path}: cannot be written: {error.Message}", PortProblem.Usage);
            return false;
        }
    }

    /// <summary>Appends a frame; false when it could not be written (see <see
    /// cref="Problem"/>).</summary>
    /// <param name="timeNs">Nanoseconds since 1970-01-01 UTC; the format holds them until
    /// 2106.</param>
    /// <param name="bytes">The frame from its Ethernet header on, without FCS.</param>
    /// <param name="wireLength">Bytes on the wire; 0 when all are in <paramref
    /// name="bytes"/>.</param>
    public bool Write(long timeNs, ReadOnlySpan<byte> bytes, int wireLength = 0)
    {
        if (Problem is not null) return false;
        (long seconds, long nanoseconds) = Math.DivRem(timeNs, 1_000_000_000);
        if (nanoseconds < 0)
        {
            seconds--;
            nanoseconds += 1_000_000_000;
        }
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, unchecked((uint)seconds));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], Math.Max(wireLength, bytes.Length));
        try
        {
            _file.Write(header);
            _file.Write(bytes);
        }
        catch (Exception error) when (IsFileError(error))
        {
            NoteFailure(error);
            return false;
        }
        FramesWritten++;
        return true;
    }

    /// <summary>Brings what was written to the file; false when that failed (see <see
    /// cref="Problem"/>).</summary>
    public bool TryFlush()
    {
        if (Problem is not null) return false;
        try
        {
            _file.Flush();
            return true;
        }
        catch (Exception error) when (IsFileError(error))
        {
            NoteFailure(error);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception error) when (IsFileError(error))
        {
            NoteFailure(error);
        }
    }

    private void WriteFileHeader()
    {
        Span<byte> header = stackalloc byte[FileHeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], EthernetLinkType);
        _file.Write(header);
    }

    private void NoteFailure(Exception error) => Problem ??= new PortProblem(
        $"capture {Path}: writing failed after frame {FramesWritten}: {error.Message}",
        PortProblem.Usage);

    private static bool IsFileError(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or ObjectDisposedException;
}
