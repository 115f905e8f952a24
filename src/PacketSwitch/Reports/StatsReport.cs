// What `stats` says, as data: counters since the start and rates of the last second. Made by StatsReader, printed by StatsText.

namespace PacketSwitch.Reports;

/// <summary>Counters. What was not asked for is empty.</summary>
internal sealed record StatsReport
{
    public int Schema { get; init; } = 1;
    public required double IntervalS { get; init; }

    /// <summary>When an operator cleared the statistics; empty: they are those since the
    /// start.</summary>
    public required string Cleared { get; init; }
    public required IReadOnlyList<VirtStats> Virts { get; init; }
    public required IReadOnlyList<GroupStats> Groups { get; init; }
    public required IReadOnlyList<RealStats> Reals { get; init; }
    public required IReadOnlyList<PortStats> Ports { get; init; }
    public required MaintStats Maint { get; init; }
}

/// <summary>A virtual service; its real servers' totals and octets are those of all their services.</summary>
internal sealed record VirtStats(
    int Id, string Name, string Vip, int Port, string Proto, int Group, IReadOnlyList<RealStats> Reals);

/// <summary>A server group.</summary>
internal sealed record GroupStats(int Id, string Name, IReadOnlyList<RealStats> Reals);

/// <summary>A real server. "In" is towards the server, as ipvsadm counts.</summary>
internal sealed record RealStats
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public required int Current { get; init; }
    public required long Total { get; init; }
    public required int Highest { get; init; }
    public required long PacketsIn { get; init; }
    public required long PacketsOut { get; init; }
    public required long BytesIn { get; init; }
    public required long BytesOut { get; init; }
    public required long Cps { get; init; }
    public required long InPps { get; init; }
    public required long OutPps { get; init; }
    public required long InBps { get; init; }
    public required long OutBps { get; init; }
}

/// <summary>A port.</summary>
internal sealed record PortStats
{
    public required int Id { get; init; }
    public required string Interface { get; init; }
    public required long PacketsIn { get; init; }
    public required long PacketsOut { get; init; }
    public required long BytesIn { get; init; }
    public required long BytesOut { get; init; }
    public required long SendFailures { get; init; }
    public required long KernelDrops { get; init; }
    public required long InPps { get; init; }
    public required long OutPps { get; init; }
}

/// <summary>What became of the frames, and what the tables went through.</summary>
internal sealed record MaintStats
{
    public required long Received { get; init; }
    public required long Transmitted { get; init; }
    public required long Punted { get; init; }
    public required long Held { get; init; }
    public required long Dropped { get; init; }
    public required long Originated { get; init; }
    public required long SessionsOpened { get; init; }
    public required long SessionsEnded { get; init; }
    public required long HalfOpenEvicted { get; init; }
    public required long BindingsLost { get; init; }

    /// <summary>Frames sent without a session because the table was full.</summary>
    public required long Stateless { get; init; }
    public required long ChecksumsCompleted { get; init; }
    public required long FramesSegmented { get; init; }
    public required long KernelDrops { get; init; }

    /// <summary>New sessions a second, averaged over 4 and 64 seconds.</summary>
    public required double NewSessions4S { get; init; }
    public required double NewSessions64S { get; init; }
    public required IReadOnlyList<DropStats> Drops { get; init; }
}

/// <summary>A drop reason; Alteon's name is empty where it has none.</summary>
internal sealed record DropStats(
    string Reason, string Alteon, string Meaning, string Advice, long Packets, long Pps)
{
    /// <summary>The last frame that was seen to be dropped for it. Null where none was: frames are
    /// kept while the dashboard is on, and of many drops at once not all are seen.</summary>
    public ObserveRow? Last { get; init; }
}

/// <summary>The statistics were cleared.</summary>
internal sealed record ClearReport(string Message)
{
    public int Schema { get; init; } = 1;
}
