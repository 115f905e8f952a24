// Recognises the line of a transcript that answers a menu's question for its number:
// "Enter default gateway number: (1-255) 1 [Enter]". Range and key name may be missing.

namespace PacketSwitch.Control.Config;

internal static class EnterLine
{
    private const string Start = "Enter ";

    /// <summary>True for such a line; its answer may be empty, which no number accepts.</summary>
    public static bool TryRead(ConfigLine line, out ConfigToken answer)
    {
        answer = default;
        string text = line.Text;
        if (string.Compare(
            text, line.Start, Start, 0, Start.Length, StringComparison.OrdinalIgnoreCase) != 0)
            return false;
        int colon = text.IndexOf(':', line.Start, line.End - line.Start);
        if (colon < 0)
            return false;
        int at = SkipBlanks(text, colon + 1, line.End);
        if (at < line.End && text[at] == '(')
        {
            int close = text.IndexOf(')', at, line.End - at);
            at = SkipBlanks(text, close < 0 ? line.End : close + 1, line.End);
        }
        int stop = at;
        while (stop < line.End && !ConfigText.IsBlank(text[stop]) && text[stop] != '[')
            stop++;
        answer = new ConfigToken(text[at..stop], at, stop - at);
        return true;
    }

    private static int SkipBlanks(string text, int at, int end)
    {
        while (at < end && ConfigText.IsBlank(text[at]))
            at++;
        return at;
    }
}
