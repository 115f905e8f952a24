// Collects the problems of one configuration text while it is read. The parser and the shell each
// own one; only the shell takes problems out, line by line.

namespace PacketSwitch.Control.Config;

/// <summary>The problems found so far, in the order they were found.</summary>
public sealed class ProblemList(string file)
{
    private readonly List<ConfigProblem> _problems = [];

    public string File { get; } = file;

    public IReadOnlyList<ConfigProblem> All => _problems;

    public bool HasErrors => _problems.Exists(problem => problem.IsError);

    /// <summary>Takes the problems found so far out of the list.</summary>
    internal IReadOnlyList<ConfigProblem> Take()
    {
        ConfigProblem[] taken = [.. _problems];
        _problems.Clear();
        return taken;
    }

    internal void Add(ConfigProblem problem) => _problems.Add(problem);

    internal SourceLocation LocationOf(ConfigLine line, ConfigToken token) =>
        new(File, line.Number, token.Start + 1, Math.Max(1, token.Length));

    internal void Error(
        ConfigLine line, ConfigToken token, string message, string? nearest,
        IReadOnlyList<string> accepted) =>
        Add(new ConfigProblem(ProblemSeverity.Error, LocationOf(line, token), message)
        {
            LineText = line.Original,
            Nearest = nearest,
            Accepted = accepted,
        });

    internal void Warn(ConfigLine line, ConfigToken token, string message) =>
        Add(new ConfigProblem(ProblemSeverity.Warning, LocationOf(line, token), message)
        {
            LineText = line.Original,
        });
}
