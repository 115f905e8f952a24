// One thing to check about one real server, and how often. Made by HealthPlan from the configuration, run by HealthMonitor.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Health;

/// <summary>A check of a real server.</summary>
/// <param name="Key">What is checked: a probe that keeps it keeps its state when the configuration changes.</param>
/// <param name="Group">The group that it is checked for.</param>
/// <param name="IntervalSeconds">Seconds between two checks, and the most that one may take.</param>
/// <param name="Counting">How many results in a row change the state.</param>
public sealed record HealthProbe(ProbeKey Key, int Group, int IntervalSeconds, RiseFall Counting)
{
    /// <summary>For people: <c>tcp 192.0.2.7:8080</c>.</summary>
    public string Text => $"{HealthCheckCatalog.NameOf(Key.Kind)} {Where}{(Key.Vip is { } vip ? $" by {vip}" : "")}";

    private string Where => Key.Port == 0 ? Key.Address.ToString()
        : Key.Address.IsV6 ? $"[{Key.Address}]:{Key.Port}" : $"{Key.Address}:{Key.Port}";
}

/// <summary>What is checked.</summary>
/// <param name="Real">The real server's number.</param>
/// <param name="Kind">How.</param>
/// <param name="Address">The real server's address.</param>
/// <param name="Port">The port, 0 where the check has none.</param>
/// <param name="Content">What is asked for, or the script.</param>
/// <param name="Vip">The address that a DSR server is asked at; null: its own.</param>
public sealed record ProbeKey(
    int Real, HealthCheckKind Kind, IpAddress Address, int Port, string Content, IpAddress? Vip);
