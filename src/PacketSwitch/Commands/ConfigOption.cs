// Reads the configuration that a command is to run, and says everything that is wrong with it. Used by run and replay.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Commands;

/// <summary>The option <c>-c FILE</c>.</summary>
internal static class ConfigOption
{
    private const int Unreadable = 2;
    private const int Invalid = 3;

    /// <summary>
    /// The configuration in the file, warnings on <paramref name="errors"/>. Null with an exit code, when it cannot be read or has an error.
    /// </summary>
    public static SwitchConfig? TryRead(
        string file, ConfigUse use, Func<SwitchConfig, SwitchConfig> adjust, TextWriter errors, out int exitCode)
    {
        if (!ConfigFile.TryRead(file, out string text, out string reason))
        {
            errors.WriteLine($"{file}: cannot read the configuration: {reason}");
            exitCode = Unreadable;
            return null;
        }
        ParsedConfig parsed = ConfigParser.Parse(text, file);
        SwitchConfig config = adjust(parsed.Config);
        IReadOnlyList<ConfigProblem> meaning = ConfigValidator.Validate(config, use, file);
        ConfigProblem[] problems = [.. parsed.Problems, .. meaning];
        foreach (ConfigProblem problem in problems)
        {
            errors.WriteLine(ProblemText.Render(problem));
        }
        if (problems.Any(problem => problem.IsError))
        {
            errors.WriteLine(ProblemText.Count(problems));
            exitCode = Invalid;
            return null;
        }
        exitCode = 0;
        return config;
    }

    /// <summary>What is wrong with an option that names a port the configuration does not have.</summary>
    public static string NoSuchPort(SwitchConfig config, int port)
    {
        string known = config.Ports.Count == 0
            ? "it has none" : $"ports: {string.Join(", ", config.Ports.Select(each => each.Id))}";
        return $"the configuration has no port {port} ({known})";
    }
}
