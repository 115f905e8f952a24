// What the operator said about one server group. Passive data.

namespace PacketSwitch.Control.Config;

/// <summary>A server group (<c>group N</c>).</summary>
public sealed record GroupConfig(int Id)
{
    public string Path => $"group {Id}";

    public string Name { get; init; } = "";

    /// <summary>Numbers of its real servers, ascending.</summary>
    public ConfigList<int> Members { get; init; } = [];

    public GroupMetric Metric { get; init; } = GroupMetric.LeastConnections;

    public HealthCheckKind Health { get; init; } = HealthCheckKind.Tcp;

    /// <summary>
    /// What http checks ask for and optionally the status they expect; a script's path.
    /// </summary>
    public string Content { get; init; } = "/";

    public BackupReference? Backup { get; init; }

    public int SlowStartSeconds { get; init; }

    /// <summary>Bits of the source address that minmisses uses: 24 or 32.</summary>
    public int SourceBits { get; init; } = 24;

    /// <summary>Warn when no more than this many real servers are left; 0 means never.</summary>
    public int RealThreshold { get; init; }

    /// <summary>A DSR server is checked through its VIP.</summary>
    public bool CheckThroughVip { get; init; } = true;

    /// <summary>Refused SYNs count as failed checks.</summary>
    public bool PassiveChecks { get; init; }
}
