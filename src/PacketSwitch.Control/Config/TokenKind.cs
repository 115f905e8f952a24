// A value that is one word of the line: addresses, numbers, interface names.

namespace PacketSwitch.Control.Config;

internal delegate bool TokenReader<T>(string text, out T value);

/// <summary>With <paramref name="word"/> the value may be that word too.</summary>
internal sealed class TokenKind<T>(
    string takes, TokenReader<T> read, Func<T, string?> format, Func<T, object?>? toJson = null,
    string? word = null)
    : ValueKind<T>
{
    public override string Takes => takes;

    public override bool TryRead(WordInput input, out T value)
    {
        value = default!;
        if (!input.TryTake(out ConfigToken token))
        {
            input.RefuseMissing(takes, Accepted);
            return false;
        }
        if (read(token.Text, out value))
            return true;
        string? nearest = word is null ? null : NearestWord.Find(token.Text, [word]);
        string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
        input.Refuse(
            token, $"{input.Name} must be {takes}, not {ProblemText.Quote(token.Text)}{hint}",
            Accepted, nearest);
        return false;
    }

    public override string? Format(T value) => format(value);

    public override object? ToJson(T value) => toJson is null ? format(value) : toJson(value);
}
