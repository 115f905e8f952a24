// Imports an Alteon configuration: a dump, a file of commands or a pasted transcript. It is our own
// language, so this only accounts for the lines; what is refused there is ignored here, with the
// parser's reason. What ConfigWriter writes comes back equal.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Import;

/// <summary>Reads Alteon text.</summary>
internal static class AlteonImporter
{
    public static ImportResult Import(string text, string file)
    {
        ParsedConfig parsed = ConfigParser.Parse(text, file);
        ILookup<int, ConfigProblem> problems =
            parsed.Problems.ToLookup(problem => problem.Location.Line);
        HashSet<int> skipped = [.. parsed.SkippedLines];
        var lines = new List<ImportedLine>();
        string[] all = text.Split('\n');
        for (int i = 0; i < all.Length; i++)
        {
            string line = all[i].Trim();
            bool saysNothing = line.Length == 0 || line[0] is '#' or ';'
                || line.StartsWith("/*", StringComparison.Ordinal)
                || line.StartsWith("script ", StringComparison.Ordinal);
            if (saysNothing && !problems.Contains(i + 1))
            {
                continue;
            }
            if (skipped.Contains(i + 1))
            {
                lines.Add(new ImportedLine(
                    i + 1, ImportKind.Ignored, line, "belongs to the unknown block above"));
                continue;
            }
            ConfigProblem? worst =
                problems[i + 1].OrderByDescending(problem => problem.IsError).FirstOrDefault();
            ImportKind kind = worst is null ? ImportKind.Imported
                : worst.IsError ? ImportKind.Ignored : ImportKind.Approximated;
            lines.Add(new ImportedLine(i + 1, kind, line, worst?.Message ?? ""));
        }
        return new ImportResult(parsed.Config, lines);
    }
}
