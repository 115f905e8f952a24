// An explanation on paper: lines for people, one sentence, or a report whose JSON has the same
// contents. Used by the explain command, by the control socket and by the shell.

using System.Globalization;
using System.Text;
using PacketSwitch.DataPlane;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Prints explanations.</summary>
internal static class ExplanationText
{
    private const int SourceColumn = 92;
    private const string Unnumbered = "checksum";

    /// <summary>The explanation as data.</summary>
    public static ExplainReport Report(Explanation explanation, Surroundings names)
    {
        FrameTrace trace = explanation.Trace;
        FrameInfo info = trace.Info;
        return new ExplainReport
        {
            Frame = trace.Number,
            TimeS = trace.TimeNs / 1e9,
            Port = names.PortIds[info.Port],
            Packet = FrameText.Describe(trace.Bytes),
            Steps = [.. explanation.Lines.Select(line => new ExplainStep(
                line.Step.Length == 0 ? "rewrite" : line.Step, line.Result, line.Text,
                line.Source))],
            Verdict = ReasonText.Of(info.Verdict),
            Reason = info.Verdict switch
            {
                Verdict.Drop => ReasonText.Of(info.Drop),
                Verdict.Held => ReasonText.Of(trace.First.IsFragment ? DropReason.FragmentTimeout
                    : DropReason.NoArp),
                _ => ReasonText.Of(info.Pass),
            },
            Virt = info.Virt == 0 ? null : info.Virt,
            Real = info.Real == 0 ? null : info.Real,
            Out = [.. trace.Copies.Select(copy => names.PortIds[copy.Port]).Distinct()],
            Conclusion = explanation.Verdict,
            Brief = explanation.Brief,
        };
    }

    /// <summary>The steps, then the verdict, with the capture's clock.</summary>
    public static string Full(Explanation explanation, Surroundings names)
        => Full(Report(explanation, names), Clock(explanation.Trace.TimeNs));

    /// <summary>The steps, then the verdict.</summary>
    /// <param name="report">The explanation.</param>
    /// <param name="when">A time of day, or <c>now</c>.</param>
    public static string Full(ExplainReport report, string when)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"#{report.Frame} {when} port {report.Port} in  {report.Packet}");
        int number = 0;
        foreach (ExplainStep line in report.Steps)
        {
            bool continues = line.Result == Unnumbered;
            string index = continues ? "" : $"{++number}";
            string step = continues ? "" : line.Step;
            string row = $"{index,3} {step,-8}  {line.Result,-11} {line.Text}";
            text.AppendLine((line.Source is null ? row
                : $"{row.PadRight(SourceColumn)} {line.Source}").TrimEnd());
        }
        return text.Append(report.Conclusion).ToString();
    }

    /// <summary>One line.</summary>
    public static string Brief(Explanation explanation)
        => $"#{explanation.Trace.Number} {FrameText.Describe(explanation.Trace.Bytes)}  "
            + $"{explanation.Brief}";

    /// <summary>One line.</summary>
    public static string Brief(ExplainReport report)
        => $"#{report.Frame} {report.Packet}  {report.Brief}";

    private static string Clock(long timeNs)
        => DateTimeOffset.FromUnixTimeMilliseconds(timeNs / 1_000_000)
            .ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            + string.Create(CultureInfo.InvariantCulture, $".{timeNs % 1_000_000_000 / 1000:D6}");
}
