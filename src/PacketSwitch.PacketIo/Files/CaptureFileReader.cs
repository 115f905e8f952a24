// Reads the Ethernet frames of a capture file: pcap of either byte order with micro- or
// nanoseconds (SharpPcap and libpcap), and pcapng (our own PcapngSource). Used by
// CaptureFilePort and by whoever looks at captures; every problem is one line that names the file.

using System.Buffers.Binary;
using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace PacketSwitch.PacketIo;

/// <summary>A capture file, read from front to back. Not thread-safe.</summary>
public sealed class CaptureFileReader : IDisposable
{
    private readonly ICaptureSource _source;
    private bool _ended;

    private CaptureFileReader(string path, ICaptureSource source)
    {
        Path = path;
        _source = source;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>Frames read until now.</summary>
    public long FramesRead { get; private set; }

    /// <summary>
    /// Why reading ended before the end of the file (it is truncated or corrupt); null while all is
    /// well. The whole frames before that place have been given.
    /// </summary>
    public PortProblem? Problem { get; private set; }

    /// <summary>Whether the file ends inside a frame.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Opens a capture; false with a one-line problem when it cannot be read or is no
    /// Ethernet.</summary>
    public static bool TryOpen(string path, out CaptureFileReader? reader, out PortProblem? problem)
    {
        reader = null;
        if (!CanRead(path, out bool isPcapng, out problem)) return false;
        ICaptureSource? source = isPcapng
            ? OpenPcapng(path, out problem)
            : OpenPcap(path, out problem);
        reader = source is null ? null : new CaptureFileReader(path, source);
        return reader is not null;
    }

    /// <summary>
    /// Gives the next frame; false at the end, or where the file is broken (see <see
    /// cref="Problem"/>). The bytes are valid until the next call.
    /// </summary>
    public bool TryRead(out CaptureFrame frame)
    {
        frame = default;
        if (_ended) return false;
        CaptureRead read = _source.Read(out CaptureFrame next);
        if (read != CaptureRead.Frame)
        {
            _ended = true;
            NoteEnd(read);
            return false;
        }
        frame = new CaptureFrame(++FramesRead, next.TimeNs, next.Bytes, next.WireLength);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended = true;
        _source.Dispose();
    }

    private void NoteEnd(CaptureRead read)
    {
        IsTruncated = read == CaptureRead.Truncated;
        string after = $"after frame {FramesRead}";
        if (IsTruncated)
        {
            Problem = FileProblem(
                Path, $"is truncated {after}; the frames before that are used, copy the file again "
                + "for the rest");
        }
        else if (read == CaptureRead.Broken)
        {
            Problem = FileProblem(
                Path, $"cannot be read {after}: {OneLine(_source.Error, Path)}; perhaps this helps: "
                + $"editcap -F nsecpcap {Path} new.pcap");
        }
    }

    private static LibpcapSource? OpenPcap(string path, out PortProblem? problem)
    {
        if (!LibPcapLibrary.IsAvailable(out problem)) return null;
        var device = new CaptureFileReaderDevice(path);
        try
        {
            device.Open(
                new DeviceConfiguration { TimestampResolution = TimestampResolution.Nanosecond });
            if (device.LinkType == LinkLayers.Ethernet) return new LibpcapSource(device);
            problem = NotEthernet(path, device.LinkType);
        }
        catch (Exception error) when (error is PcapException or InvalidOperationException)
        {
            problem = NotReadable(path, OneLine(error.Message, path));
        }
        device.Dispose();
        return null;
    }

    // What stands before the first frame is judged at once; a second pass over the file gives the frames.
    private static PcapngSource? OpenPcapng(string path, out PortProblem? problem)
    {
        using var trial = new PcapngSource(File.OpenRead(path));
        CaptureRead read = trial.Read(out _);
        problem = trial.ForeignLinkType is { } foreign ? NotEthernet(path, foreign)
            : read == CaptureRead.Broken ? NotReadable(path, trial.Error)
            : null;
        return problem is null ? new PcapngSource(File.OpenRead(path)) : null;
    }

    private static bool CanRead(string path, out bool isPcapng, out PortProblem? problem)
    {
        problem = null;
        isPcapng = false;
        if (Directory.Exists(path))
        {
            problem = FileProblem(path, "is a directory; name a pcap or pcapng file");
        }
        else if (!File.Exists(path))
        {
            problem = FileProblem(path, "does not exist");
        }
        else
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                Span<byte> first = stackalloc byte[4];
                isPcapng = file.ReadAtLeast(first, 4, throwOnEndOfStream: false) == 4
                    && BinaryPrimitives.ReadUInt32LittleEndian(first) == PcapngSource.SectionHeader;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problem = FileProblem(
                    path, "may not be read; check its permissions: ls -l " + path);
            }
        }
        return problem is null;
    }

    private static PortProblem NotEthernet(string path, LinkLayers type) =>
        FileProblem(
            path, $"has link type {LinkTypeName(type)}, not Ethernet; "
            + "capture on an Ethernet interface (not on 'any')");

    private static PortProblem NotReadable(string path, string why) =>
        FileProblem(
            path, $"is not a capture that can be read: {why}; pcap and pcapng are read");

    private static PortProblem FileProblem(string path, string what) =>
        new($"capture {path}: {what}", PortProblem.Usage);

    private static string LinkTypeName(LinkLayers type) =>
        Enum.IsDefined(type) ? $"{type} ({(int)type})" : ((int)type).ToString();

    // libpcap begins some messages with the file's name, which the line already has.
    private static string OneLine(string message, string path)
    {
        string line = message.ReplaceLineEndings(" ").Trim();
        int at = line.IndexOf(path + ": ", StringComparison.Ordinal);
        return at < 0 ? line : line[(at + path.Length + 2)..];
    }
}
