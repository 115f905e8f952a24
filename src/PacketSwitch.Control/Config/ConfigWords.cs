// The words of the configuration for values outside of it: reports and events say a metric or a check as the operator wrote it.

namespace PacketSwitch.Control.Config;

/// <summary>Values as configuration words.</summary>
public static class ConfigWords
{
    public static string Of(GroupMetric metric) => ValueKinds.Metric.Format(metric) ?? "";

    public static string Of(HealthCheckKind health) => ValueKinds.Health.Format(health) ?? "";
}
