// Collects what the validator finds and puts each finding at the line that caused it. One per
// validation.

namespace PacketSwitch.Control.Config;

internal sealed class ConfigFindings(SwitchConfig config, ConfigUse use, string file)
{
    private const int MostListed = 12;

    private readonly List<ConfigProblem> _problems = [];

    public SwitchConfig Config { get; } = config;

    public ConfigUse Use { get; } = use;

    public IReadOnlyList<ConfigProblem> All => _problems;

    /// <summary>
    /// True if the word was not written, not even with a value that was refused, and would be known
    /// if it had been.
    /// </summary>
    public bool Lacks(string path, string word) =>
        !Config.Sources.Has(path, word) && !Config.Sources.Has(path, SourceMap.Guess);

    /// <summary>
    /// An error stands at the value that is wrong, else at its word, else at the object.
    /// </summary>
    public void Error(string path, string word, string message) =>
        Add(ProblemSeverity.Error, message,
            Find(path, SourceMap.ValueOf(word)) ?? Find(path, word) ?? Find(path, ""));

    /// <summary>A warning stands at the word, else at the object.</summary>
    public void Warn(string path, string word, string message) =>
        Add(ProblemSeverity.Warning, message, Find(path, word) ?? Find(path, ""));

    /// <summary>"(defined: 1 web1, 2 web2)", or "(none is defined)".</summary>
    public static string Defined(IEnumerable<(int Id, string Name)> objects)
    {
        string[] listed = [.. objects.Take(MostListed + 1)
            .Select(item => item.Name.Length == 0 ? $"{item.Id}" : $"{item.Id} {item.Name}")];
        return listed.Length switch
        {
            0 => "(none is defined)",
            > MostListed => $"(defined: {string.Join(", ", listed[..MostListed])}, ...)",
            _ => $"(defined: {string.Join(", ", listed)})",
        };
    }

    private SourceWord? Find(string path, string word) =>
        Config.Sources.TryFind(path, word, out SourceWord? place) ? place : null;

    private void Add(ProblemSeverity severity, string message, SourceWord? place)
    {
        SourceLocation location = place?.Location ?? new SourceLocation(file, 0, 0, 0);
        _problems.Add(
            new ConfigProblem(severity, location, message) { LineText = place?.LineText ?? "" });
    }
}
