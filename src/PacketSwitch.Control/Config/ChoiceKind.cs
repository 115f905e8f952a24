// A value that is one of a few words, each with its aliases.

namespace PacketSwitch.Control.Config;

internal sealed class ChoiceKind<T>(params Choice<T>[] choices) : ValueKind<T>
{
    private readonly string[] _names = [.. choices.Select(choice => choice.Name)];

    public override string Takes => _names.Length < 2
        ? string.Concat(_names)
        : string.Join(", ", _names[..^1]) + " or " + _names[^1];

    public override IReadOnlyList<string> Accepted => _names;

    public override bool TryRead(WordInput input, out T value)
    {
        value = default!;
        if (!input.TryTake(out ConfigToken token))
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        Choice<T>? choice = Array.Find(choices, choice => choice.IsNamed(token.Text));
        if (choice is null)
        {
            string? nearest = NearestWord.Find(token.Text, _names);
            string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
            string message = choices.Length == 2 && nearest is null
                ? $"{input.Name} must be {Takes}, not {ProblemText.Quote(token.Text)}"
                : $"unknown {input.Name} {ProblemText.Quote(token.Text)}{hint}";
            input.Refuse(token, message, Accepted, nearest);
            return false;
        }
        value = choice.Value;
        return true;
    }

    public override string? Format(T value)
    {
        foreach (Choice<T> choice in choices)
        {
            if (EqualityComparer<T>.Default.Equals(choice.Value, value))
                return choice.Name;
        }
        return null;
    }

    public override object? ToJson(T value) => value is bool or int ? value : Format(value);
}
