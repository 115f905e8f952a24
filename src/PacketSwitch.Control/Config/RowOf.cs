// Makes the rows of one object's words; WordTable calls it so that a row names its type only once.

namespace PacketSwitch.Control.Config;

internal static class RowOf<TItem>
    where TItem : class
{
    public static WordRow Word<TValue>(
        string name, ValueKind<TValue> kind, Func<TItem, TValue> get,
        Func<TItem, TValue, TItem> set,
        Func<TItem, string?>? format = null, string? alias = null) =>
        new ValueRow<TItem, TValue>(
            name, kind, get, set, format, alias is null ? [] : [alias]);

    /// <summary>The two words <c>ena</c> and <c>dis</c>.</summary>
    public static WordRow Enabled(Func<TItem, bool> get, Func<TItem, bool, TItem> set) =>
        new FlagRow<TItem>(
            ["ena", "en", "enable", "enabled"], ["dis", "di", "disable", "disabled"], get, set);
}
