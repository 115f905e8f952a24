// Reads a whole configuration text: a file, a dump, a pasted transcript. It feeds the lexer's lines
// to a MenuCursor and adds what only a whole text shows, the meaning of indentation. All problems
// are collected; it never throws for what a person wrote.

namespace PacketSwitch.Control.Config;

/// <summary>Configuration text to configuration.</summary>
public static class ConfigParser
{
    /// <summary>
    /// Reads the text. The result holds all that could be understood, and every syntactic problem
    /// in the order of its lines. <see cref="ConfigValidator"/> judges what it means.
    /// </summary>
    public static ParsedConfig Parse(string text, string file)
    {
        var candidate = new ConfigCandidate();
        var problems = new ProblemList(file);
        var cursor = new MenuCursor(candidate, problems) { WarnsOfReplacement = true };
        var echoes = new EchoLines();
        IReadOnlyList<ConfigLine> lines =
            [.. ConfigText.Lines(text).Where(line => !echoes.IsEcho(line))];
        var blocks = new BlockStack(cursor);
        var skipped = new List<int>();
        for (int index = 0; index < lines.Count; index++)
        {
            ConfigLine line = lines[index];
            bool nextIsIndented = index + 1 < lines.Count && IsIndented(lines[index + 1]);
            bool previousIsIndented = index > 0 && IsIndented(lines[index - 1]);
            if (IsIndented(line))
            {
                // The block it belongs to is unknown, and said to be.
                if (cursor.IsLost)
                {
                    skipped.Add(line.Number);
                    continue;
                }
                blocks.Indent(line);
                MenuPosition before = cursor.Position;
                cursor.Execute(line);
                blocks.Opened(line, before);
            }
            else
            {
                blocks.Clear();
                bool opensBlock = !line.HasPrompt && (nextIsIndented || previousIsIndented);
                cursor.Execute(line, opensBlock);
            }
        }
        cursor.Finish();
        return new ParsedConfig(candidate.ToConfig(), problems.All) { SkippedLines = skipped };
    }

    private static bool IsIndented(ConfigLine line) => line is { Indent: > 0, HasPrompt: false };
}
