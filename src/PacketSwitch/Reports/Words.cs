// The configuration's words for values that reports show. One place, so that text, JSON and the shell say the same.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;

namespace PacketSwitch.Reports;

/// <summary>Words for values.</summary>
internal static class Words
{
    /// <summary>The metric as it is configured.</summary>
    public static string Metric(GroupMetric metric) => ConfigWords.Of(metric);

    /// <summary>The health check as it is configured.</summary>
    public static string Health(HealthCheckKind health) => ConfigWords.Of(health);

    /// <summary>What an operator has ordered.</summary>
    public static string Oper(DrainMode mode) => mode switch
    {
        DrainMode.NoNew => "drain",
        DrainMode.Persistent => "persist",
        DrainMode.Out => "out",
        _ => "none",
    };
}
