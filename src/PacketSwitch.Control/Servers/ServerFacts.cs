// All that decides beside the configuration who serves: health, orders, measurements, and which backups have kept the service. One immutable
// value, kept by ControlPlane and handed to SnapshotBuilder.

using System.Collections.Immutable;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Servers;

/// <summary>The facts about real servers.</summary>
public sealed record ServerFacts
{
    /// <summary>Every server up, nothing ordered, nothing measured.</summary>
    public static ServerFacts Initial { get; } = new();

    public RealHealth Health { get; init; } = RealHealth.AllUp;

    public RealMeasures Measures { get; init; } = RealMeasures.None;

    /// <summary>Servers that an operator drains.</summary>
    public ImmutableDictionary<int, DrainMode> Drains { get; init; } = ImmutableDictionary<int, DrainMode>.Empty;

    /// <summary>Backups that keep the service of servers that came back.</summary>
    public StandIns StandIns { get; init; } = StandIns.None;

    /// <summary>True when the server is configured, enabled, healthy and not taken out by an operator.</summary>
    public bool IsUp(RealConfig real)
        => real is { Enabled: true, Address: not null } && Health.IsUp(real.Id) && Drain(real.Id) != DrainMode.Out;

    /// <summary>True when the server is up and takes any client's new session.</summary>
    public bool TakesNew(RealConfig real)
        => IsUp(real) && real.Weight > 0 && Drain(real.Id) == DrainMode.None;

    public DrainMode Drain(int real) => Drains.GetValueOrDefault(real);

    /// <summary>The facts after a change of them or of the configuration.</summary>
    public ServerFacts Settled(SwitchConfig config) => this with { StandIns = StandIns.Next(config, this) };
}
