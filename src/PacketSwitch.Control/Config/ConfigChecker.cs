// Reads and judges a configuration text in one go: the whole way from text to "may run". The check
// command, run and replay call it.

namespace PacketSwitch.Control.Config;

/// <summary>Text to a judged configuration.</summary>
public static class ConfigChecker
{
    /// <summary>
    /// The configuration and all its problems in the order of their lines. It may be used only if
    /// <see cref="ParsedConfig.HasErrors"/> is false.
    /// </summary>
    public static ParsedConfig Check(string text, string file, ConfigUse use)
    {
        ParsedConfig parsed = ConfigParser.Parse(text, file);
        IReadOnlyList<ConfigProblem> meaning = ConfigValidator.Validate(parsed.Config, use, file);
        return parsed with { Problems = ConfigValidator.Sorted([.. parsed.Problems, .. meaning]) };
    }
}
