// A configuration in one line, for check and for the log when one is loaded.

namespace PacketSwitch.Control.Config;

/// <summary>Counts of what a configuration defines.</summary>
public static class ConfigSummary
{
    /// <summary>
    /// For example <c>3 reals, 1 group, 1 virt with 2 services, 2 ports, slb on</c>.
    /// </summary>
    public static string Of(SwitchConfig config)
    {
        string[] parts =
        [
            ProblemText.Plural(config.Reals.Count, "real"),
            ProblemText.Plural(config.Groups.Count, "group"),
            $"{ProblemText.Plural(config.Virts.Count, "virt")} with "
                + ProblemText.Plural(config.Virts.Sum(virt => virt.Services.Count), "service"),
            ProblemText.Plural(config.Ports.Count, "port"),
            ProblemText.Plural(config.Interfaces.Count, "if"),
            ProblemText.Plural(config.Gateways.Count, "gw"),
            config.SlbOn ? "slb on" : "slb off",
        ];
        return string.Join(", ", parts);
    }
}
