// The lexer: cuts a configuration text into lines and finds the command in each. It takes away
// prompts of any wording, comments, notes in parentheses and the frame of an Alteon dump, and never
// looks at what a word means. ConfigParser calls it for files, the shell for each line it reads.
// Every line it returns keeps its number and its columns.

namespace PacketSwitch.Control.Config;

/// <summary>Configuration text as lines.</summary>
public static class ConfigText
{
    private const string CommentOpen = "/*";
    private const string CommentClose = "*/";

    /// <summary>All lines that hold a command, in order.</summary>
    public static IReadOnlyList<ConfigLine> Lines(string text)
    {
        string[] lines = text.Split('\n');
        bool[] closesLater = FindClosedBlocks(lines);
        List<ConfigLine> found = [];
        bool inBlock = false;
        for (int index = 0; index < lines.Length; index++)
        {
            string original = lines[index].TrimEnd('\r');
            if (index == 0)
                original = original.TrimStart('\uFEFF');
            int from = 0;
            if (inBlock)
            {
                int close = FindClose(original, 0);
                if (close < 0)
                    continue;
                inBlock = false;
                from = close;
            }
            ConfigLine line = Scan(index + 1, original, from, closesLater[index], out inBlock);
            if (!line.IsEmpty)
                found.Add(line);
        }
        return found;
    }

    /// <summary>A single line, as a person types it.</summary>
    public static ConfigLine Line(string text, int number = 1)
    {
        string flat = text.ReplaceLineEndings(" ");
        return Scan(number, flat, 0, blockCloses: false, out _);
    }

    private static ConfigLine Scan(
        int number, string original, int from, bool blockCloses, out bool opensBlock)
    {
        string text = FlattenBlanks(original);
        opensBlock = false;
        int start = from;
        int end = text.Length;
        bool hasPrompt = false;
        bool inNote = IsNote(text, from);
        bool inQuotes = false;
        for (int at = from; at < end; at++)
        {
            char c = text[at];
            if (inQuotes)
            {
                if (c == '\\')
                    at++;
                else if (c == '"')
                    inQuotes = false;
                continue;
            }
            bool afterBlank = at <= start || IsBlank(text[at - 1]);
            if (c == '"')
            {
                inQuotes = afterBlank;
            }
            else if (c is ';' or '#' && afterBlank)
            {
                end = at;
            }
            else if (c == '#' && (at + 1 == end || IsBlank(text[at + 1]))
                && MayEndPrompt(text, start, hasPrompt))
            {
                start = at + 1;
                hasPrompt = true;
                inNote |= IsNote(text, start);
            }
            else if (afterBlank && string.CompareOrdinal(text, at, CommentOpen, 0, 2) == 0)
            {
                int close = FindClose(text, at + 2);
                opensBlock = close < 0 && blockCloses;
                if (close < 0)
                    end = at;
                else if (IsAllBlank(text, start, at))
                    start = close;
                else
                    text = Blanken(text, at, close);
                at = close < 0 ? at : close - 1;
            }
        }
        return Trim(number, original, text, start, end, hasPrompt, inNote);
    }

    // Only the first '#' of a line ends a prompt, so that a name may hold one. A note in
    // parentheses behind a prompt may bring a second prompt: "Main# (or Main# /cfg/ip)".
    private static bool MayEndPrompt(string text, int start, bool hasPrompt) =>
        !hasPrompt || IsNote(text, start);

    private static bool IsNote(string text, int start) =>
        text.AsSpan(Math.Min(start, text.Length)).TrimStart().StartsWith("(");

    private static ConfigLine Trim(
        int number, string original, string text, int start, int end, bool hasPrompt, bool inNote)
    {
        while (start < end && IsBlank(text[start]))
            start++;
        while (end > start && IsBlank(text[end - 1]))
            end--;
        if (hasPrompt && inNote && end > start && text[end - 1] == ')')
            end--;
        while (end > start && IsBlank(text[end - 1]))
            end--;
        if (IsDumpFrame(text.AsSpan(start, Math.Max(0, end - start))))
            end = start;
        return new ConfigLine(number, original, text, start, end, hasPrompt);
    }

    // An Alteon dump stands between "script start ..." and "script end ...".
    private static bool IsDumpFrame(ReadOnlySpan<char> command)
    {
        const string Script = "script";
        if (!command.StartsWith(Script, StringComparison.OrdinalIgnoreCase)
            || command.Length == Script.Length)
            return false;
        ReadOnlySpan<char> rest = command[Script.Length..];
        if (!IsBlank(rest[0]))
            return false;
        rest = rest.TrimStart();
        int wordEnd = rest.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> word = wordEnd < 0 ? rest : rest[..wordEnd];
        return word.Equals("start", StringComparison.OrdinalIgnoreCase)
            || word.Equals("end", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Says for each line whether a comment that opens there and does not close on its own line is
    /// closed by a later line, before another one opens. In an Alteon dump it is not: there every
    /// comment ends with its line.
    /// </summary>
    private static bool[] FindClosedBlocks(string[] lines)
    {
        bool[] closes = new bool[lines.Length];
        bool closesBelow = false;
        for (int index = lines.Length - 1; index >= 0; index--)
        {
            closes[index] = closesBelow;
            int open = lines[index].IndexOf(CommentOpen, StringComparison.Ordinal);
            int close = FindClose(lines[index], 0);
            if (close >= 0 && (open < 0 || close <= open))
                closesBelow = true;
            else if (open >= 0)
                closesBelow = false;
        }
        return closes;
    }

    // Index behind a "*/" that a blank or the end of the line follows, so that a "*/*" inside a
    // value never closes a comment; -1 if there is none.
    private static int FindClose(string text, int from)
    {
        for (int at = from; at + 1 < text.Length; at++)
        {
            at = text.IndexOf(CommentClose, at, StringComparison.Ordinal);
            if (at < 0)
                return -1;
            int behind = at + 2;
            if (behind >= text.Length || IsBlank(text[behind]) || char.IsWhiteSpace(text[behind]))
                return behind;
        }
        return -1;
    }

    private static string Blanken(string text, int from, int to) =>
        string.Concat(text.AsSpan(0, from), new string(' ', to - from), text.AsSpan(to));

    private static bool IsAllBlank(string text, int from, int to)
    {
        for (int at = from; at < to; at++)
        {
            if (!IsBlank(text[at]))
                return false;
        }
        return true;
    }

    internal static bool IsBlank(char c) => c is ' ' or '\t';

    // No-break spaces and their relatives come with text pasted from web pages.
    private static string FlattenBlanks(string text)
    {
        foreach (char c in text)
        {
            if (IsOddBlank(c))
                return string.Create(text.Length, text, static (target, source) =>
                {
                    for (int at = 0; at < target.Length; at++)
                        target[at] = IsOddBlank(source[at]) ? ' ' : source[at];
                });
        }
        return text;
    }

    private static bool IsOddBlank(char c) =>
        c is '\u200B' or '\uFEFF' || (c is not ('\t' or ' ') && char.IsWhiteSpace(c));
}
