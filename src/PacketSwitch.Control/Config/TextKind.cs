// A value that may hold blanks: it goes to the next stacked setting or to the end of the line, or
// it stands in double quotes, where a backslash takes the next character as it is.

namespace PacketSwitch.Control.Config;

/// <summary>
/// With <paramref name="words"/> above zero the value takes the whole rest of the line, slashes
/// included, and unquoted text has at most that many parts.
/// </summary>
internal sealed class TextKind(int maxLength, int words = 0) : ValueKind<string>
{
    public override string Takes => $"a text of at most {maxLength} characters";

    public override bool TryRead(WordInput input, out string value)
    {
        value = "";
        if (!input.TryTakeText(wholeLine: words > 0, out ConfigToken token))
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        value = token.Text;
        if (token.IsUnclosed)
            input.Refuse(token, "the quote is not closed", Accepted);
        else if (value.Length > maxLength)
            input.Refuse(token,
                $"{input.Name} has {value.Length} characters; {maxLength} are allowed", Accepted);
        else if (value.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
            input.Refuse(token, $"{input.Name} has characters that cannot be printed", Accepted);
        else if (words > 0 && !token.IsQuoted && CountWords(value) > words)
            input.Refuse(token, $"{input.Name} takes the rest of the line and has too many parts; "
                + "put a text with blanks in quotes", Accepted);
        return !input.Refused;
    }

    public override string? Format(string value) => IsPlain(value) ? value : Quote(value);

    public override object? ToJson(string value) => value;

    private bool IsPlain(string value)
    {
        if (value.Length == 0)
            return false;
        foreach (char c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':')
                && !(words > 0 && c == '/'))
                return false;
        }
        return true;
    }

    private static string Quote(string value)
    {
        string escaped = value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }

    private static int CountWords(string value) =>
        value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
}
