// A list that is equal to another list with equal items. Configuration records hold their lists in
// it, so that whole configurations compare by value. It never changes after construction.

using System.Collections;
using System.Runtime.CompilerServices;

namespace PacketSwitch.Control.Config;

/// <summary>An immutable list with value equality.</summary>
[CollectionBuilder(typeof(ConfigListBuilder), nameof(ConfigListBuilder.Create))]
public sealed class ConfigList<T> : IReadOnlyList<T>, IEquatable<ConfigList<T>>
{
    private readonly T[] _items;

    internal ConfigList(T[] items) => _items = items;

    public static ConfigList<T> Empty { get; } = new([]);

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public bool Equals(ConfigList<T>? other) =>
        other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ConfigList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(' ', _items);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}
