// Judges what a configuration means: everything that can be known without looking at the machine.
// All findings are reported, none stops the others. check, apply and run use the same rules, so
// what one accepts the others do. Errors keep a configuration from running, warnings do not.

namespace PacketSwitch.Control.Config;

/// <summary>The meaning of a configuration, judged.</summary>
public static class ConfigValidator
{
    /// <summary>
    /// All findings, in the order of the lines they are about. <paramref name="file"/> is named
    /// where no line is to blame.
    /// </summary>
    public static IReadOnlyList<ConfigProblem> Validate(
        SwitchConfig config, ConfigUse use, string file = "")
    {
        var findings = new ConfigFindings(config, use, file);
        InterfaceRules.Check(findings);
        PortRules.Check(findings);
        RealRules.Check(findings);
        GroupRules.Check(findings);
        VirtRules.Check(findings);
        ServiceRules.Check(findings);
        NameRules.Check(findings);
        return Sorted(findings.All);
    }

    internal static IReadOnlyList<ConfigProblem> Sorted(IEnumerable<ConfigProblem> problems) =>
        [.. problems.OrderBy(problem => problem.Location.Line)
            .ThenBy(problem => problem.Location.Column)
            .ThenByDescending(problem => problem.Severity)];
}
