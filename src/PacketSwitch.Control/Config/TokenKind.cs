// A value that is one word of the line: addresses, numbers, interface names.

namespace PacketSwitch.Control.Config;

internal delegate bool TokenReader<T>(string text, out T value);

internal sealed class TokenKind<T>(
    string takes, TokenReader<T> read, Func<T, string?> format, Func<T, object?>? toJson = null)
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
        input.Refuse(
            token, $"{input.Name} must be {takes}, not {ProblemText.Quote(token.Text)}", Accepted);
        return false;
    }

    public override string? Format(T value) => format(value);

    public override object? ToJson(T value) => toJson is null ? format(value) : toJson(value);
}
