// One line of configuration text after the lexer: where its command stands between prompt and
// comment. ConfigText makes it; LineReader and MenuCursor read it.

namespace PacketSwitch.Control.Config;

/// <summary>A line and the part of it that is a command.</summary>
public sealed class ConfigLine
{
    internal ConfigLine(
        int number, string original, string text, int start, int end, bool hasPrompt)
    {
        Number = number;
        Original = original;
        Text = text;
        Start = start;
        End = end;
        HasPrompt = hasPrompt;
        Indent = hasPrompt ? 0 : IndentOf(text, start);
    }

    /// <summary>Counts from 1.</summary>
    public int Number { get; }

    /// <summary>The line as it was written.</summary>
    public string Original { get; }

    /// <summary>
    /// The same, every kind of blank written as a space: columns stay what they are.
    /// </summary>
    internal string Text { get; }

    /// <summary>Index of the first character of the command.</summary>
    internal int Start { get; }

    /// <summary>Index behind the last character of the command.</summary>
    internal int End { get; }

    /// <summary>The command alone, without prompt and comment.</summary>
    public string Command => IsEmpty ? "" : Text[Start..End];

    internal bool HasPrompt { get; }

    /// <summary>Blanks before the command; a tab goes to the next multiple of eight.</summary>
    internal int Indent { get; }

    internal bool IsEmpty => Start >= End;

    private static int IndentOf(string text, int start)
    {
        int indent = 0;
        for (int at = 0; at < start && at < text.Length; at++)
            indent = text[at] == '\t' ? (indent / 8 + 1) * 8 : indent + 1;
        return indent;
    }
}
