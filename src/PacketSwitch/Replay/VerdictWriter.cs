// Writes one JSON line per replayed frame, in the order of the frames: a frame that waits for a neighbour holds back the lines after it until it is
// decided. Fed by the replays.

using System.Globalization;
using System.Text;
using System.Text.Json;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Replay;

/// <summary>The verdict lines (ALTEON.md section 7).</summary>
/// <param name="lines">Where lines go; null counts only.</param>
/// <param name="portIds">The switch's port numbers by port index.</param>
internal sealed class VerdictWriter(TextWriter? lines, IReadOnlyList<int> portIds)
{
    private readonly Queue<Line> _waiting = [];
    private readonly Dictionary<long, Line> _open = [];

    /// <summary>Announces the next frame before it enters the switch.</summary>
    public void Enter(long timeNs, string file, long fileFrame)
    {
        if (lines is null)
        {
            return;
        }
        var line = new Line(_entered + 1, timeNs, file, fileFrame);
        _entered++;
        _waiting.Enqueue(line);
        _open[line.Frame] = line;
    }

    private long _entered;

    /// <summary>Notes what became of a frame, and writes every line that is complete.</summary>
    public void Decided(FrameInfo info)
    {
        if (lines is null || !_open.TryGetValue(info.Number, out Line? line))
        {
            return;
        }
        if (info.Verdict == Verdict.Held)
        {
            line.Held = info.Pass;
            line.HeldVirt = info.Virt;
            line.HeldReal = info.Real;
            return;
        }
        _open.Remove(info.Number);
        // A frame that opened a session and then waited is looked at afresh, and finds that session.
        if (info.Verdict == Verdict.Transmit && line.Held == PassReason.New)
        {
            info.Pass = PassReason.New;
        }
        // Given up, it is not looked at again: what it waited for is known from before.
        if (info.Verdict == Verdict.Drop && info.Virt == 0 && info.Real == 0)
        {
            info.Virt = line.HeldVirt;
            info.Real = line.HeldReal;
        }
        line.Info = info;
        while (_waiting.TryPeek(out Line? first) && first.Info is { } decided)
        {
            _waiting.Dequeue();
            lines.WriteLine(ToJson(first, decided));
        }
    }

    private string ToJson(Line line, FrameInfo info)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("frame", line.Frame);
            json.WritePropertyName("time");
            json.WriteRawValue(Seconds(line.TimeNs));
            json.WriteString("file", line.File);
            json.WriteNumber("file_frame", line.FileFrame);
            json.WriteNumber("port", portIds[info.Port]);
            json.WriteString("verdict", ReasonText.Of(info.Verdict));
            json.WriteString("reason", info.Verdict == Verdict.Drop
                ? ReasonText.Of(info.Drop) : ReasonText.Of(info.Pass));
            json.WriteStartArray("out");
            for (int port = 0; port < portIds.Count && info.Verdict == Verdict.Transmit; port++)
            {
                if ((info.OutPorts & (1UL << port)) != 0)
                {
                    json.WriteNumberValue(portIds[port]);
                }
            }
            json.WriteEndArray();
            WriteNumber(json, "virt", info.Virt);
            WriteNumber(json, "real", info.Real);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int value)
    {
        if (value == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, value);
        }
    }

    // Seconds with all nine digits: a double would lose the last.
    private static string Seconds(long timeNs)
        => string.Create(CultureInfo.InvariantCulture, $"{timeNs / 1_000_000_000}.{timeNs % 1_000_000_000:D9}");

    private sealed class Line(long frame, long timeNs, string file, long fileFrame)
    {
        public long Frame { get; } = frame;
        public long TimeNs { get; } = timeNs;
        public string File { get; } = file;
        public long FileFrame { get; } = fileFrame;
        public FrameInfo? Info { get; set; }
        public PassReason Held { get; set; }
        public ushort HeldVirt { get; set; }
        public ushort HeldReal { get; set; }
    }
}
