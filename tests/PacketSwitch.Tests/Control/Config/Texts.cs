// What the configuration tests share: reading a text with all its problems, and finding files of
// the repository.

using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

internal static class Texts
{
    private const string SeedVariable = "PACKETSWITCH_SEED";

    public static string RepositoryRoot { get; } = FindRoot();

    public static string BrokenFolder { get; } =
        Path.Combine(RepositoryRoot, "tests", "PacketSwitch.Tests", "Control", "Config", "broken");

    public static ParsedConfig Check(string text, ConfigUse use = ConfigUse.Check) =>
        ConfigChecker.Check(text, "test.cfg", use);

    /// <summary>The configuration of a text that must be free of syntax errors.</summary>
    public static SwitchConfig Read(string text)
    {
        ParsedConfig parsed = ConfigParser.Parse(text, "test.cfg");
        Assert.Equal("", string.Join(
            '\n', parsed.Problems.Where(problem => problem.IsError).Select(ProblemText.Render)));
        return parsed.Config;
    }

    /// <summary>The messages of all errors, each behind its line and column.</summary>
    public static string[] Errors(string text, ConfigUse use = ConfigUse.Check) =>
        Lines(Check(text, use), ProblemSeverity.Error);

    public static string[] Warnings(string text, ConfigUse use = ConfigUse.Check) =>
        Lines(Check(text, use), ProblemSeverity.Warning);

    /// <summary>A file of the seed folder, or null where it is not at hand.</summary>
    public static string? SeedFile(string name)
    {
        string folder = Environment.GetEnvironmentVariable(SeedVariable)
            ?? Path.Combine(RepositoryRoot, "..", "shared", "seed");
        string path = File.Exists(folder) ? folder : Path.Combine(folder, name);
        return File.Exists(path) ? path : null;
    }

    private static string[] Lines(ParsedConfig parsed, ProblemSeverity severity) =>
        [.. parsed.Problems.Where(problem => problem.Severity == severity)
            .Select(problem =>
                $"{problem.Location.Line}:{problem.Location.Column}: {problem.Message}")];

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (
            folder is not null && !File.Exists(Path.Combine(folder.FullName, "PacketSwitch.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException(
            "The tests do not run inside the repository.");
    }
}
