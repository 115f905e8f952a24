// The page of `top` that explains: the answer of the running switch as lines of a given width. Used
// by TopScreen.

using PacketSwitch.Reports;
using Spectre.Console;

namespace PacketSwitch.Top;

/// <summary>An explanation on the screen.</summary>
internal static class TopExplanation
{
    private const int TextColumn = 27;
    private const int LeastText = 20;

    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Soft = new(Color.Grey);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);

    public static IEnumerable<TopLine> Lines(ExplainReport? answer, string problem, int width)
    {
        if (answer is null)
        {
            yield return problem.Length == 0 ? TopLine.Of(" one moment", Soft)
                : TopLine.Of($" {problem}", Bad);
            yield break;
        }
        Style verdict = answer.Verdict == "drop" ? Bad : Good;
        yield return TopLine.Of($" {answer.Packet}", Strong)
            .Add($"  at port {answer.Port}, now", Soft);
        foreach (string row in Wrap(answer.Conclusion, width - 1))
        {
            yield return TopLine.Of($" {row}", verdict);
        }
        foreach (ExplainStep step in answer.Steps)
        {
            string[] rows = [.. Wrap(step.Text, Math.Max(LeastText, width - TextColumn))];
            for (int i = 0; i < rows.Length; i++)
            {
                TopLine line = i == 0
                    ? TopLine.Of($"  {step.Step,-9} {step.Result,-14} ", Soft) : TopLine.Of("");
                line.To(TextColumn).Add(rows[i]);
                bool fits = step.Source is not null && i == rows.Length - 1
                    && line.Length + 2 + step.Source.Length <= width;
                yield return fits ? line.Add($"  {step.Source}", Soft) : line;
            }
        }
    }

    /// <summary>A text in rows of at most so many characters, broken between words where that
    /// goes.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        string rest = text;
        while (rest.Length > width)
        {
            int end = rest.LastIndexOf(' ', width);
            end = end <= 0 ? width : end;
            yield return rest[..end];
            rest = rest[end..].TrimStart();
        }
        yield return rest;
    }
}
