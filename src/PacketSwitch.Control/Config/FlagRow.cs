// A row of two words without values, such as ena and dis. The first word of each list is its name,
// the others are aliases.

namespace PacketSwitch.Control.Config;

internal sealed class FlagRow<TItem>(
    string[] on, string[] off, Func<TItem, bool> get, Func<TItem, bool, TItem> set)
    : WordRow(on[0])
    where TItem : class
{
    public override IReadOnlyList<string> Words { get; } = [on[0], off[0]];

    public override string? Canonical(string word) =>
        on.Contains(word, StringComparer.OrdinalIgnoreCase) ? on[0]
        : off.Contains(word, StringComparer.OrdinalIgnoreCase) ? off[0]
        : null;

    public override object? Read(object item, WordInput input) =>
        set((TItem)item, input.Name == on[0]);

    public override IEnumerable<string> Format(object item) => [get((TItem)item) ? on[0] : off[0]];

    public override bool IsSame(object left, object right) => get((TItem)left) == get((TItem)right);

    public override object? ToJson(object item) => get((TItem)item);
}
