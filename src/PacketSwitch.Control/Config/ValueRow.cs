// The common row: a word and one value of a kind.

namespace PacketSwitch.Control.Config;

internal sealed class ValueRow<TItem, TValue>(
    string name, ValueKind<TValue> kind, Func<TItem, TValue> get, Func<TItem, TValue, TItem> set,
    Func<TItem, string?>? format, string[] aliases)
    : WordRow(name, aliases)
    where TItem : class
{
    public override object? Read(object item, WordInput input) =>
        kind.TryRead(input, out TValue value) ? set((TItem)item, value) : null;

    public override IEnumerable<string> Format(object item)
    {
        string? text = format is null ? kind.Format(get((TItem)item)) : format((TItem)item);
        return text is null ? [] : [$"{Name} {text}"];
    }

    public override bool IsSame(object left, object right) =>
        EqualityComparer<TValue>.Default.Equals(get((TItem)left), get((TItem)right));

    public override object? ToJson(object item) =>
        format is null ? kind.ToJson(get((TItem)item)) : format((TItem)item);
}
