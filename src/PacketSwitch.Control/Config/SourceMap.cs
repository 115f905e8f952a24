// Remembers where every object and every word of a configuration was written, so that the validator
// and `explain` can cite the line behind a decision. Written while parsing, read-only afterwards.
// It is no part of what a configuration means: two equal configurations may come from different
// files.

using System.Diagnostics.CodeAnalysis;

namespace PacketSwitch.Control.Config;

/// <summary>
/// Locations by object path (<c>real 1</c>, <c>virt 1/service 80</c>, <c>adv</c>) and word. A
/// member of a group has the word <c>add 3</c>. A word that was refused is remembered too.
/// </summary>
public sealed class SourceMap
{
    private readonly Dictionary<(string Path, string Word), SourceWord> _places = [];

    /// <summary>
    /// The word that marks an object whose block was understood only by guessing, so that nobody
    /// complains about what seems to be missing in it.
    /// </summary>
    internal const string Guess = "?";

    /// <summary>The word under which the place of another word's value is kept.</summary>
    public static string ValueOf(string word) => word + " value";

    /// <summary>Where the object was first opened, or where the word was last written.</summary>
    public SourceLocation? Find(string path, string word = "") =>
        _places.TryGetValue((path, word), out SourceWord? place) ? place.Location : null;

    /// <summary>The place of the word, else that of its object, else null.</summary>
    public SourceLocation? FindNearest(string path, string word) => Find(path, word) ?? Find(path);

    /// <summary>
    /// True if the word was written for this object, even if its value was refused.
    /// </summary>
    public bool Has(string path, string word) => _places.ContainsKey((path, word));

    internal bool TryFind(string path, string word, [NotNullWhen(true)] out SourceWord? place) =>
        _places.TryGetValue((path, word), out place);

    internal void Add(string path, string word, SourceLocation location, string lineText)
    {
        if (word.Length == 0)
            _places.TryAdd((path, word), new SourceWord(location, lineText));
        else
            _places[(path, word)] = new SourceWord(location, lineText);
    }

    /// <summary>Forgets an object and everything under it.</summary>
    internal void Remove(string path)
    {
        List<(string Path, string Word)> gone = [];
        foreach ((string Path, string Word) key in _places.Keys)
        {
            if (key.Path == path || key.Path.StartsWith(path + "/", StringComparison.Ordinal))
                gone.Add(key);
        }
        foreach ((string Path, string Word) key in gone)
            _places.Remove(key);
    }

    internal void Remove(string path, string word) => _places.Remove((path, word));

    internal SourceMap Copy()
    {
        var copy = new SourceMap();
        foreach (KeyValuePair<(string Path, string Word), SourceWord> entry in _places)
            copy._places.Add(entry.Key, entry.Value);
        return copy;
    }
}
