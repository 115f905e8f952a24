// Reads the Ethernet frames of a capture file: pcap of either byte order with micro- or
// nanoseconds, and pcapng. Used by CaptureFilePort and by whoever looks at captures. SharpPcap
// opens the file, libpcap reads it; every problem is one line that names the file.

using System.Runtime.InteropServices;
using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace PacketSwitch.PacketIo;

/// <summary>A capture file, read from front to back. Not thread-safe.</summary>
public sealed unsafe class CaptureFileReader : IDisposable
{
    private const int FrameRead = 1;
    private const int EndOfFile = -2;

    private readonly CaptureFileReaderDevice _device;
    private bool _ended;

    private CaptureFileReader(string path, CaptureFileReaderDevice device)
    {
        Path = path;
        _device = device;
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
        if (!CanRead(path, out problem) || !LibPcapLibrary.IsAvailable(out problem)) return false;
        var device = new CaptureFileReaderDevice(path);
        try
        {
            device.Open(
                new DeviceConfiguration { TimestampResolution = TimestampResolution.Nanosecond });
            if (device.LinkType != LinkLayers.Ethernet)
            {
                problem = FileProblem(
                    path, $"has link type {LinkTypeName(device.LinkType)}, not Ethernet; "
                    + "capture on an Ethernet interface (not on 'any')");
                device.Dispose();
                return false;
            }
        }
        catch (Exception error) when (error is PcapException or InvalidOperationException)
        {
            problem = FileProblem(
                path, $"is not a capture that can be read: {OneLine(error.Message, path)}; "
                + "pcap and pcapng are read");
            device.Dispose();
            return false;
        }
        reader = new CaptureFileReader(path, device);
        return true;
    }

    /// <summary>
    /// Gives the next frame; false at the end, or where the file is broken (see <see
    /// cref="Problem"/>). The bytes are valid until the next call.
    /// </summary>
    public bool TryRead(out CaptureFrame frame)
    {
        frame = default;
        if (_ended) return false;
        nint header = 0, data = 0;
        int status = _device.GetNextPacketPointers(ref header, ref data);
        if (status != FrameRead)
        {
            _ended = true;
            if (status != EndOfFile) NoteBrokenFile(_device.LastError);
            return false;
        }

        PcapFrameHeader* read = (PcapFrameHeader*)header;
        FramesRead++;
        frame = new CaptureFrame(
            FramesRead,
            Nanoseconds(read->Seconds, read->Fraction),
            new ReadOnlySpan<byte>((void*)data, (int)Math.Min(read->CapturedLength, int.MaxValue)),
            (int)Math.Min(read->WireLength, int.MaxValue));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended = true;
        _device.Dispose();
    }

    private void NoteBrokenFile(string error)
    {
        IsTruncated = error.Contains("truncated", StringComparison.OrdinalIgnoreCase);
        string after = $"after frame {FramesRead}";
        Problem = IsTruncated
            ? FileProblem(
                Path, $"is truncated {after}; the frames before that are used, copy the file again "
                + "for the rest")
            : FileProblem(Path, $"cannot be read {after}: {OneLine(error, Path)}; perhaps this helps: "
                + $"editcap -F nsecpcap {Path} new.pcap");
    }

    // A time that no clock gives (a corrupt stamp) is held at the end of the range, never wrapped.
    private static long Nanoseconds(long seconds, long fraction)
    {
        const long last = (long.MaxValue / 1_000_000_000) - 1;
        return (Math.Clamp(seconds, -last, last) * 1_000_000_000)
            + Math.Clamp(fraction, 0, 999_999_999);
    }

    private static bool CanRead(string path, out PortProblem? problem)
    {
        problem = null;
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
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problem = FileProblem(
                    path, "may not be read; check its permissions: ls -l " + path);
            }
        }
        return problem is null;
    }

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
