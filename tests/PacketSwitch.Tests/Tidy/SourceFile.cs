// A source file as the tidiness rules see it: its lines, its code without comments and strings, and
// how long its functions are. Found by layout, not by a parser: the format check holds braces and
// indentation to one form. Used by TidyRules.

using System.Text.RegularExpressions;

namespace PacketSwitch.Tests.Tidy;

/// <summary>One C# file.</summary>
/// <param name="path">From the repository's root, with slashes.</param>
/// <param name="text">Its text.</param>
internal sealed partial class SourceFile(string path, string text)
{
    private readonly string[] _lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public string Path { get; } = path;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The text without comments and the contents of strings and characters.</summary>
    public string Code { get; } =
        NotCode().Replace(text, match => match.Value[0] is '/' ? "" : "\"\"");

    /// <summary>Names of its functions and accessor blocks, and their lines from brace to brace.</summary>
    public IEnumerable<(string Name, int Lines)> Functions()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            string line = _lines[i];
            string indent = line[..^line.TrimStart().Length];
            if (line.TrimStart() != "{" || indent.Length == 0)
            {
                continue;
            }
            string declaration = Declaration(i, indent);
            if (Types().IsMatch(declaration))
            {
                continue;
            }
            string close = indent + "}";
            int end = Array.FindIndex(
                _lines, i, other => other.StartsWith(close, StringComparison.Ordinal));
            if (end > i)
            {
                yield return (NameIn(declaration), end - i + 1);
                i = end;
            }
        }
    }

    // The lines above a brace up to the end of what stands before; a continuation is indented
    // deeper.
    private string Declaration(int brace, string indent)
    {
        int first = brace - 1;
        while (first > 0 && _lines[first].Length > indent.Length
            && _lines[first][indent.Length] is ' ' or ')')
        {
            first--;
        }
        return first < 0 ? "" : string.Join(' ', _lines[first..brace].Select(line => line.Trim()));
    }

    private static string NameIn(string declaration)
    {
        Match call = Named().Match(declaration);
        return call.Success ? call.Groups[1].Value : declaration.Split(' ')[^1];
    }

    // Comments, raw, verbatim and plain strings, characters.
    [GeneratedRegex(
        @"//[^\n]*|/\*.*?\*/|""{3,}.*?""{3,}|@""(?:[^""]|"""")*""|"
        + @"""(?:\\.|[^""\\\n])*""|'(?:\\.[^'\n]*|[^'\\\n])'",
        RegexOptions.Singleline)]
    private static partial Regex NotCode();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum|namespace|extension)\b")]
    private static partial Regex Types();

    [GeneratedRegex(@"(\w+)\s*(?:<[^()]*>)?\(")]
    private static partial Regex Named();
}
