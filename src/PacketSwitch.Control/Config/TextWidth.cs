// How many columns of a terminal a text takes. Called by ProblemText for its carets and by the
// tables of the commands, so that names in Hangul line up like others.

namespace PacketSwitch.Control.Config;

/// <summary>Width of text on a terminal.</summary>
public static class TextWidth
{
    /// <summary>Columns: two for Hangul, kana and ideographs.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        int width = 0;
        foreach (char c in text)
            width += IsWide(c) ? 2 : char.IsLowSurrogate(c) ? 0 : char.IsHighSurrogate(c) ? 2 : 1;
        return width;
    }

    private static bool IsWide(char c) =>
        c is (>= '\u1100' and <= '\u115f') or (>= '\u2e80' and <= '\ua4cf')
            or (>= '\uac00' and <= '\ud7a3') or (>= '\uf900' and <= '\ufaff')
            or (>= '\ufe30' and <= '\ufe6f') or (>= '\uff00' and <= '\uff60')
            or (>= '\uffe0' and <= '\uffe6');
}
