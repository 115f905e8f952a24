// A value that names another object: its number, or the name of one that is already defined.

using System.Globalization;

namespace PacketSwitch.Control.Config;

/// <summary>
/// Whether the number is defined is for the validator: it may be defined further down.
/// </summary>
internal sealed class ReferenceKind(
    string kind, int most, Func<ConfigCandidate, string, int?> find,
    Func<ConfigCandidate, IEnumerable<string>> names) : ValueKind<int>
{
    public override string Takes => $"the number (1 to {most}) or name of a {kind}";

    public override bool TryRead(WordInput input, out int value)
    {
        value = 0;
        if (!input.TryTake(out ConfigToken token))
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        return TryRead(input, token, token.Text, out value);
    }

    public bool TryRead(WordInput input, ConfigToken token, string text, out int value)
    {
        if (ValueKinds.TryNumber(text, 1, most, out value))
            return true;
        if (find(input.Candidate, text) is { } id)
        {
            value = id;
            return true;
        }
        bool isName = text.Length > 0 && char.IsLetter(text[0]);
        string? nearest = !isName ? null : NearestWord.Find(
            text, names(input.Candidate).Where(name => name.Length > 0));
        input.Refuse(token, isName
            ? $"no {kind} before this line is named {ProblemText.Quote(text)}; "
                + (nearest is null ? "use its number"
                    : $"did you mean {ProblemText.Quote(nearest)}?")
            : $"{input.Name} must be {Takes}, not {ProblemText.Quote(text)}", Accepted, nearest);
        return false;
    }

    public override string? Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override object? ToJson(int value) => value;
}
