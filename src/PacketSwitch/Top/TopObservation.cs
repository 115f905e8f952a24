// The page of `top` that observes: a line for each of the last frames, newest first. Used by
// TopScreen. On a narrow screen the time has no fractions; what does not fit is cut, not wrapped.

using System.Globalization;
using PacketSwitch.Reports;
using PacketSwitch.Text;
using Spectre.Console;

namespace PacketSwitch.Top;

/// <summary>Verdicts on the screen.</summary>
internal static class TopObservation
{
    private const int Wide = 100;
    private const int ReasonColumns = 14;

    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Soft = new(Color.Grey);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Warn = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);

    /// <summary>A heading, and at most so many lines in all.</summary>
    public static IEnumerable<TopLine> Lines(TopVerdicts? verdicts, int width, int room)
    {
        if (verdicts is null)
            return [TopLine.Of(" one moment", Soft)];
        WatchFigures figures = verdicts.Figures;
        TopLine head = TopLine.Of($" OBSERVED {NumberText.Of(figures.Observed)}", Strong)
            .Add($", not observed {NumberText.Of(figures.NotObserved)} "
                + $"(at most {figures.PerSecond}/s of each loop)  [esc] back", Soft);
        IEnumerable<TopLine> problem = verdicts.Problem.Length == 0 ? []
            : [TopLine.Of($" {verdicts.Problem}", Bad)];
        IEnumerable<TopLine> none = verdicts.Rows.Count > 0 || verdicts.Problem.Length > 0 ? []
            : [TopLine.Of(" no frame yet", Soft)];
        return new[] { head }.Concat(problem).Concat(none)
            .Concat(verdicts.Rows.Select(row => Line(row, width))).Take(room);
    }

    private static TopLine Line(ObserveRow row, int width)
    {
        string format = width >= Wide ? "HH:mm:ss.fff" : "HH:mm:ss";
        string time = DateTime.Parse(row.Time, CultureInfo.InvariantCulture)
            .ToString(format, CultureInfo.InvariantCulture);
        string to = string.Join(',', row.Out.Select(Port));
        string ports = $"{(row.Port is { } from ? Port(from) : "self")}{(to.Length == 0 ? ""
            : $">{to}")}";
        (string word, Style style) = row.Verdict switch
        {
            "transmit" => ("fwd", Good),
            "drop" => ("DROP", Bad),
            "punt" => ("punt", Warn),
            _ => ("own", Soft),
        };
        string server = row.Real is not { } real ? ""
            : $"  real {real}{(row.RealName.Length == 0 ? "" : $" {row.RealName}")}";
        return TopLine.Of($" {time} ", Soft).Add($"{Clip(ports, 6),-6} ")
            .Add($"{word,-4} {Clip(row.Reason, ReasonColumns),-ReasonColumns} ", style)
            .Add(row.Packet).Add(server, Soft);
    }

    private static string Port(int port)
        => port == 0 ? "host" : port.ToString(CultureInfo.InvariantCulture);

    private static string Clip(string text, int width) => text.Length <= width ? text
        : text[..width];
}
