// What health checks say of a real server, for reports. Implemented by whoever runs the checks; ConfiguredChecks stands where nothing runs
// them.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Reports;

/// <summary>Results of health checks.</summary>
internal interface IRealChecks
{
    /// <summary>The last check of a server.</summary>
    CheckStatus Of(RealConfig real, HealthCheckKind? groupKind, LiveView.Facts facts);
}

/// <summary>What is configured, without results.</summary>
internal sealed class ConfiguredChecks : IRealChecks
{
    public CheckStatus Of(RealConfig real, HealthCheckKind? groupKind, LiveView.Facts facts)
        => new(Words.Health(real.Health ?? groupKind ?? HealthCheckKind.None), "", "", 0, real.FailuresToDown, 0);
}
