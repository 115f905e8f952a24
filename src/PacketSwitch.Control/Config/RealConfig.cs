// What the operator said about one real server. Passive data; the row table gives each property its
// word.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>A real server (<c>real N</c>) with the defaults of the original.</summary>
public sealed record RealConfig(int Id)
{
    public string Path => $"real {Id}";

    public string Name { get; init; } = "";

    /// <summary>The word <c>rip</c>; a validated configuration has it.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>A fixed MAC address; null means resolved by ARP or neighbour discovery.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>0 takes no new sessions.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Concurrent sessions; 0 means no limit.</summary>
    public int MaxConnections { get; init; } = 200_000;

    public int TimeoutMinutes { get; init; } = 10;

    public BackupReference? Backup { get; init; }

    public bool Preempt { get; init; } = true;

    public bool Overflow { get; init; } = true;

    /// <summary>Seconds between checks; 0 means no checks.</summary>
    public int CheckIntervalSeconds { get; init; } = 2;

    public int FailuresToDown { get; init; } = 4;

    public int SuccessesToUp { get; init; } = 1;

    /// <summary>Its own check; null means that of the group.</summary>
    public HealthCheckKind? Health { get; init; }

    public bool Enabled { get; init; }
}
