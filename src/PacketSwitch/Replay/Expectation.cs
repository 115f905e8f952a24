// Holds what a replay sends against a capture of what it should send, frame by frame and field by field. Made by the replay command for
// --expect. A plain capture holds the frames that left, in the order in which they left; an annotated one (-o) those that entered too.

using PacketSwitch.Explain;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Replay;

/// <summary>The expected frames and the first ones that differ.</summary>
internal sealed class Expectation
{
    private const int MostDifferences = 10;

    private readonly string _path;
    private readonly bool _isAnnotated;
    private readonly List<byte[]> _expected = [];
    private readonly List<(byte[] Bytes, long TimeNs)> _actual = [];

    private Expectation(string path, bool isAnnotated)
    {
        _path = path;
        _isAnnotated = isAnnotated;
    }

    /// <summary>Frames that are as expected.</summary>
    public int Equal { get; private set; }

    /// <summary>Reads the expected frames. <paramref name="mayBeMissing"/>: the file is about to be made.</summary>
    public static Expectation? TryRead(string path, bool mayBeMissing, out PortProblem? problem)
    {
        problem = null;
        if (mayBeMissing && !File.Exists(path))
        {
            return new Expectation(path, path.EndsWith(".pcapng", StringComparison.OrdinalIgnoreCase));
        }
        if (!CaptureFileReader.TryOpen(path, out CaptureFileReader? reader, out problem))
        {
            return null;
        }
        using (reader)
        {
            var expectation = new Expectation(path, IsOurs(path));
            while (reader!.TryRead(out CaptureFrame frame))
            {
                expectation._expected.Add(frame.Bytes.ToArray());
            }
            problem = reader.Problem;
            return problem is null ? expectation : null;
        }
    }

    /// <summary>A frame came or went.</summary>
    public void Add(RecordedFrame frame)
    {
        if (!frame.IsInbound || _isAnnotated)
        {
            _actual.Add((frame.Bytes, frame.TimeNs));
        }
    }

    /// <summary>True when nothing differs; else the lines say what does.</summary>
    public bool Compare(TextWriter output)
    {
        int differences = 0;
        void Tell(string line)
        {
            if (differences++ < MostDifferences)
            {
                output.WriteLine(line);
            }
        }
        int both = Math.Min(_expected.Count, _actual.Count);
        for (int i = 0; i < both; i++)
        {
            List<FrameFields.Change> changes = FrameFields.Changes(_expected[i], _actual[i].Bytes);
            Equal += changes.Count == 0 ? 1 : 0;
            changes.ForEach(change => Tell($"frame {i + 1}: {change.Name} expected {change.From} got {change.To}"));
        }
        if (_expected.Count != _actual.Count)
        {
            Tell($"frames: expected {_expected.Count} got {_actual.Count}");
        }
        if (differences > MostDifferences)
        {
            output.WriteLine($"and {differences - MostDifferences} more differences");
        }
        output.WriteLine(differences == 0
            ? $"Expected: {Equal} of {_expected.Count} packets equal"
            : $"Expected: {Equal} of {_expected.Count} packets equal; if the new ones are right: --bless");
        return differences == 0;
    }

    /// <summary>Makes what was sent the expectation. An annotated one is written by the annotated capture itself.</summary>
    public PortProblem? Bless()
    {
        if (!CaptureFileWriter.TryCreate(_path, out CaptureFileWriter? writer, out PortProblem? problem))
        {
            return problem;
        }
        using (writer)
        {
            _actual.ForEach(frame => writer!.Write(frame.TimeNs, frame.Bytes));
            writer!.TryFlush();
            return writer.Problem;
        }
    }

    /// <summary>True when an annotated capture of ours is, or shall be, the expectation.</summary>
    public bool IsAnnotated => _isAnnotated;

    // The section header names its writer within the first block.
    private static bool IsOurs(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[512];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return read > 4 && start[..4].SequenceEqual<byte>([0x0a, 0x0d, 0x0d, 0x0a])
            && start[..read].IndexOf("PacketSwitch"u8) > 0;
    }
}
