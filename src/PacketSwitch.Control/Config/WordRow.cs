// A row of the word table: one configuration word, how its value gets into an object and out of it.
// Parser, writer, JSON, help and later diff all come from the rows, so a new word is a property and
// a row. Items are the immutable records; reading a word gives a new item.

namespace PacketSwitch.Control.Config;

internal abstract class WordRow(string name, params string[] aliases)
{
    public string Name { get; } = name;

    /// <summary>The words to offer where this row is accepted.</summary>
    public virtual IReadOnlyList<string> Words => [Name];

    /// <summary>False for words that only change what another row writes.</summary>
    public virtual bool IsWritten => true;

    /// <summary>
    /// The full name of the word if it is one of this row's or an alias, else null.
    /// </summary>
    public virtual string? Canonical(string word) =>
        string.Equals(word, Name, StringComparison.OrdinalIgnoreCase)
        || aliases.Contains(word, StringComparer.OrdinalIgnoreCase)
            ? Name
            : null;

    /// <summary>The item with the value that was read, or null if the value was refused.</summary>
    public abstract object? Read(object item, WordInput input);

    /// <summary>The lines that say the item's value, as they are written.</summary>
    public abstract IEnumerable<string> Format(object item);

    public abstract bool IsSame(object left, object right);

    /// <summary>int, bool, string, an array of them, or null.</summary>
    public abstract object? ToJson(object item);
}
