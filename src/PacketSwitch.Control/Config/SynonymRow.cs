// A row whose word is another way to say what some other row writes: `udp ena` for `protocol udp`.

namespace PacketSwitch.Control.Config;

internal sealed class SynonymRow<TItem, TValue>(
    string name, ValueKind<TValue> kind, Func<TItem, TValue, TItem> set)
    : WordRow(name)
    where TItem : class
{
    public override bool IsWritten => false;

    public override object? Read(object item, WordInput input) =>
        kind.TryRead(input, out TValue value) ? set((TItem)item, value) : null;

    public override IEnumerable<string> Format(object item) => [];

    public override bool IsSame(object left, object right) => true;

    public override object? ToJson(object item) => null;
}
