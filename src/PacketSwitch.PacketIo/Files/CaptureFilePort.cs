// A port whose wire is a pair of capture files: frames come from one and go to the other. The
// replay driver looks at the next frame (TryPeek), orders the ports by time, lets one frame in
// (Admit) and sets the clock; the loop then receives exactly that frame. Single-threaded, so a
// replay is the same on every run.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A port over capture files. Without an input nothing is received; without an output sent
/// frames are counted and forgotten.</summary>
public sealed unsafe class CaptureFilePort : IPacketPort
{
    private readonly CaptureFileReader? _input;
    private readonly CaptureFileWriter? _output;
    private readonly FrameArena _next = new(frames: 1);
    private readonly FrameDescriptor[] _nextFrame =
        GC.AllocateArray<FrameDescriptor>(1, pinned: true);
    private bool _hasNext;
    private bool _isAdmitted;
    private PortStatistics _counts;

    private CaptureFilePort(int id, CaptureFileReader? input, CaptureFileWriter? output)
    {
        Id = id;
        _input = input;
        _output = output;
        Name = input?.Path ?? output?.Path ?? $"port {id}";
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MacAddress HardwareAddress { get; init; }

    /// <summary>The longest IP packet; so large at first that no captured frame counts as a
    /// super-frame.</summary>
    public int Mtu { get; set; } = ushort.MaxValue;

    /// <inheritdoc/>
    public OffloadSupport Offloads { get; init; } = OffloadSupport.None;

    /// <inheritdoc/>
    public bool IsUp { get; set; } = true;

    /// <inheritdoc/>
    public int PollDescriptor => -1;

    /// <summary>Nanoseconds since 1970-01-01 UTC that sent frames are stamped with.</summary>
    public long CurrentTimeNs { get; set; }

    /// <summary>The number, from 1, of the frame that was received last; 0 before the
    /// first.</summary>
    public long FrameNumber { get; private set; }

    /// <summary>Why the input ended early or the output is not whole; null while all is
    /// well.</summary>
    public PortProblem? Problem => _input?.Problem ?? _output?.Problem;

    /// <summary>Opens the files; false with a one-line problem when one of them cannot be
    /// used.</summary>
    public static bool TryOpen(
        int id,
        string? inputPath,
        string? outputPath,
        out CaptureFilePort? port,
        out PortProblem? problem)
    {
        return TryOpen(id, inputPath, outputPath, OffloadSupport.None, out port, out problem);
    }

    /// <summary>The same, where the input's unfinished checksums are to be recognised by
    /// value.</summary>
    public static bool TryOpen(
        int id,
        string? inputPath,
        string? outputPath,
        OffloadSupport offloads,
        out CaptureFilePort? port,
        out PortProblem? problem)
    {
        port = null;
        problem = null;
        CaptureFileReader? input = null;
        CaptureFileWriter? output = null;
        if (inputPath is not null && outputPath is not null && AreSameFile(inputPath, outputPath))
        {
            problem = new PortProblem(
                $"port {id}: {outputPath} is both input and output; name another file for --out",
                PortProblem.Usage);
            return false;
        }
        bool opened =
            (inputPath is null || CaptureFileReader.TryOpen(inputPath, out input, out problem))
            && (outputPath is null
                || CaptureFileWriter.TryCreate(outputPath, out output, out problem));
        if (!opened)
        {
            input?.Dispose();
            problem = problem! with { Message = $"port {id}: {problem.Message}" };
            return false;
        }
        port = new CaptureFilePort(id, input, output) { Offloads = offloads };
        return true;
    }

    /// <summary>The time and the number of the next frame, which is not let in yet; false at the
    /// end.</summary>
    public bool TryPeek(out long timeNs, out long frameNumber)
    {
        bool hasFrame = TryReadAhead();
        timeNs = hasFrame ? NextTimeNs : 0;
        frameNumber = hasFrame ? _input!.FramesRead : 0;
        return hasFrame;
    }

    /// <summary>Lets the next frame in: the next <see cref="Receive"/> gives it and nothing
    /// else.</summary>
    public bool Admit() => _isAdmitted = TryReadAhead();

    /// <summary>The next frame's bytes, valid until it is received; empty at the end.</summary>
    public ReadOnlySpan<byte> NextBytes => TryReadAhead() ? _nextFrame[0].Span : default;

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        burst.Count = 0;
        if (!_isAdmitted) return 0;
        burst.Frames[0] = _nextFrame[0];
        burst.Count = 1;
        FrameNumber = _input!.FramesRead;
        _isAdmitted = false;
        _hasNext = false;
        _counts = _counts with
        {
            ReceivedFrames = _counts.ReceivedFrames + 1,
            ReceivedBytes = _counts.ReceivedBytes + _nextFrame[0].Length,
        };
        return 1;
    }

    /// <inheritdoc/>
    public void Release(FrameBurst burst)
    {
        // The one frame lies in this port's memory and is overwritten by the next TryPeek.
    }

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = 0;
        long bytes = 0;
        foreach (ref FrameDescriptor frame in frames)
        {
            frame.Failed = !IsUp || !(_output?.Write(CurrentTimeNs, frame.Span) ?? true);
            if (frame.Failed) continue;
            sent++;
            bytes += frame.Length;
        }
        _counts = _counts with
        {
            SentFrames = _counts.SentFrames + sent,
            SentBytes = _counts.SentBytes + bytes,
            SendFailures = _counts.SendFailures + frames.Length - sent,
        };
        return sent;
    }

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => _counts;

    /// <summary>Brings what was sent to the output file; false when that failed (see
    /// <see cref="Problem"/>).</summary>
    public bool TryFlush() => _output?.TryFlush() ?? true;

    /// <inheritdoc/>
    public void Dispose()
    {
        IsUp = false;
        _hasNext = false;
        _isAdmitted = false;
        _input?.Dispose();
        _output?.Dispose();
    }

    private long NextTimeNs { get; set; }

    private bool TryReadAhead()
    {
        if (_hasNext) return true;
        if (_input is null || !_input.TryRead(out CaptureFrame frame)) return false;
        fixed (FrameDescriptor* descriptor = _nextFrame)
        fixed (byte* bytes = frame.Bytes)
        {
            BurstWriter writer = _next.Begin(descriptor);
            writer.Add(bytes, frame.Bytes.Length, frame.WireLength);
        }
        NextTimeNs = frame.TimeNs;
        _hasNext = true;
        return true;
    }

    private static bool AreSameFile(string first, string second)
    {
        string Resolve(string path)
        {
            var file = new FileInfo(path);
            return (file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) : null)?.FullName
                ?? file.FullName;
        }
        try
        {
            return Resolve(first) == Resolve(second);
        }
        catch (Exception error) when (
            error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
