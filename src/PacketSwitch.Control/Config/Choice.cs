// One of the words that a choice value may be.

namespace PacketSwitch.Control.Config;

internal sealed record Choice<T>(
    string Name, T Value, params string[] Aliases)
{
    public bool IsNamed(string text) =>
        string.Equals(text, Name, StringComparison.OrdinalIgnoreCase)
        || Aliases.Contains(text, StringComparer.OrdinalIgnoreCase);
}
