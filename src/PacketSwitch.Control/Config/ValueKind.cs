// A kind of value that words take: how it is read, what is said when it is refused, how it is
// written. WordTable names one in each row. What Format writes, TryRead reads back to the same
// value.

namespace PacketSwitch.Control.Config;

internal abstract class ValueKind<T>
{
    /// <summary>Completes the sentences "it must be ..." and "it needs a value: ...".</summary>
    public abstract string Takes { get; }

    public virtual IReadOnlyList<string> Accepted => [Takes];

    /// <summary>Reads the value; on false the input has been told why.</summary>
    public abstract bool TryRead(WordInput input, out T value);

    /// <summary>
    /// The value as it is written, or null if its absence is written by leaving it out.
    /// </summary>
    public abstract string? Format(T value);

    /// <summary>The value as JSON shows it: int, bool, string, a list of them, or null.</summary>
    public virtual object? ToJson(T value) => Format(value);
}
