// What a word's row sees while its value is read: the tokens behind the word, the candidate for
// looking up names, and the ways to refuse. MenuCursor makes one per word.

namespace PacketSwitch.Control.Config;

internal sealed class WordInput(
    LineReader reader, ConfigToken word, string name, string path, ConfigCandidate candidate,
    ProblemList problems, Func<string, bool> isWord)
{
    public ConfigToken Word { get; } = word;

    /// <summary>The word's full name, whatever abbreviation or alias was written.</summary>
    public string Name { get; } = name;

    /// <summary>The object the word belongs to.</summary>
    public string Path { get; } = path;

    public ConfigCandidate Candidate { get; } = candidate;

    /// <summary>True once a problem was reported for this word.</summary>
    public bool Refused { get; private set; }

    /// <summary>The first token of the value, once it was read.</summary>
    public ConfigToken? Value { get; private set; }

    public bool TryTake(out ConfigToken token)
    {
        bool taken = reader.TryTake(out token);
        if (taken)
            Value ??= token;
        return taken;
    }

    /// <summary>A text up to the next stacked setting, or to the end of the line.</summary>
    public bool TryTakeText(bool wholeLine, out ConfigToken token)
    {
        bool taken = reader.TryTakeRest(wholeLine ? null : isWord, out token);
        if (taken)
            Value ??= token;
        return taken;
    }

    public void Refuse(
        ConfigToken token, string message, IReadOnlyList<string> accepted, string? nearest = null)
    {
        Refused = true;
        problems.Error(reader.Line, token, message, nearest, accepted);
    }

    public void RefuseMissing(string takes, IReadOnlyList<string> accepted) =>
        Refuse(Word, $"'{Name}' needs a value: {takes}", accepted);

    public void Warn(ConfigToken token, string message) =>
        problems.Warn(reader.Line, token, message);

    public SourceLocation LocationOf(ConfigToken token) => problems.LocationOf(reader.Line, token);

    public string LineText => reader.Line.Original;
}
