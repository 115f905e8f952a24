// Prints problems as a person reads them: place, severity, message, and for an error the line with
// a caret and what is accepted there. The check command and the shell call it. Nothing that stands
// in a configuration reaches a terminal unfiltered.

using System.Globalization;
using System.Text;

namespace PacketSwitch.Control.Config;

/// <summary>Problems as text.</summary>
public static class ProblemText
{
    private const int LongestQuote = 40;
    private const int LongestLine = 120;
    private const int TextBeforeCaret = 60;

    /// <summary>
    /// The problem in one line, and the source line with a caret for an error; ends without a line
    /// feed.
    /// </summary>
    public static string Render(ConfigProblem problem)
    {
        var text = new StringBuilder();
        SourceLocation place = problem.Location;
        text.Append(place.File);
        if (place.Line > 0)
            text.Append(CultureInfo.InvariantCulture, $":{place.Line}:{place.Column}");
        text.Append(problem.IsError ? ": error: " : ": warning: ").Append(problem.Message);
        if (problem.IsError && problem.LineText.Length > 0)
            AppendSource(text, problem);
        return text.ToString();
    }

    /// <summary>The closing line: <c>2 errors, 1 warning; nothing was changed</c>.</summary>
    public static string Count(IEnumerable<ConfigProblem> problems)
    {
        int errors = 0;
        int warnings = 0;
        foreach (ConfigProblem problem in problems)
        {
            if (problem.IsError)
                errors++;
            else
                warnings++;
        }
        string counted = (errors, warnings) switch
        {
            (0, _) => Plural(warnings, "warning"),
            (_, 0) => Plural(errors, "error"),
            _ => $"{Plural(errors, "error")}, {Plural(warnings, "warning")}",
        };
        return errors > 0 ? counted + "; nothing was changed" : counted;
    }

    internal static string Plural(int count, string noun) =>
        count == 1 ? $"1 {noun}" : string.Create(CultureInfo.InvariantCulture, $"{count} {noun}s");

    /// <summary>A piece of the text in single quotes, shortened and printable.</summary>
    internal static string Quote(string text) =>
        $"'{Printable(text.Length > LongestQuote ? text[..LongestQuote] + "..." : text)}'";

    private static void AppendSource(StringBuilder text, ConfigProblem problem)
    {
        string line = Printable(problem.LineText);
        int column = Math.Clamp(problem.Location.Column - 1, 0, line.Length);
        int cut = 0;
        if (line.Length > LongestLine)
        {
            cut = Math.Max(0, column - TextBeforeCaret);
            line = line.Substring(cut, Math.Min(LongestLine, line.Length - cut));
            column -= cut;
        }
        int length = Math.Clamp(problem.Location.Length, 1, Math.Max(1, line.Length - column));
        string number = problem.Location.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        string gutter = new(' ', number.Length);
        int carets = Math.Max(
            1, TextWidth.Of(line.AsSpan(column, Math.Min(length, line.Length - column))));
        text.Append('\n').Append(number).Append(" | ").Append(line.TrimEnd());
        text.Append('\n').Append(gutter).Append(" | ")
            .Append(' ', TextWidth.Of(line.AsSpan(0, column))).Append('^', carets);
        if (problem.Accepted.Count > 0)
            text.Append("   accepted here: ")
                .AppendJoin(Separator(problem.Accepted), problem.Accepted);
    }

    private static string Separator(IReadOnlyList<string> words) =>
        words.Any(word => word.Contains(' ', StringComparison.Ordinal)) ? ", " : " ";

    // Tabs and control characters become one column each, so that the caret stays under its word.
    private static string Printable(string text)
    {
        foreach (char c in text)
        {
            if (IsUnprintable(c))
                return string.Create(text.Length, text, static (target, source) =>
                {
                    for (int at = 0; at < target.Length; at++)
                        target[at] = Printable(source[at]);
                });
        }
        return text;
    }

    private static char Printable(char c) => c == '\t' ? ' ' : IsUnprintable(c) ? '?' : c;

    private static bool IsUnprintable(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
