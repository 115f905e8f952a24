// What `observe` says, as data: a row per frame, figures of the watch, and the last frames. Made by
// Observe/ in the running switch; printed by Text/ObserveText.

namespace PacketSwitch.Reports;

/// <summary>A frame and what became of it.</summary>
internal sealed record ObserveRow
{
    /// <summary>Its number among those received, the same as in a capture; 0 when the switch made
    /// it.</summary>
    public required long Number { get; init; }
    public required string Time { get; init; }

    /// <summary>The port it came in on; 0 for the host's own stack, null when the switch made
    /// it.</summary>
    public required int? Port { get; init; }

    /// <summary>The frame as received, in a line.</summary>
    public required string Packet { get; init; }
    public required string Source { get; init; }
    public required int? SourcePort { get; init; }
    public required string Destination { get; init; }
    public required int? DestinationPort { get; init; }
    public required string Protocol { get; init; }
    public required int Bytes { get; init; }

    /// <summary>transmit, punt, drop or originated.</summary>
    public required string Verdict { get; init; }
    public required string Reason { get; init; }
    public required int? Virt { get; init; }
    public required string VirtName { get; init; }
    public required int? Real { get; init; }
    public required string RealName { get; init; }

    /// <summary>The ports it left on.</summary>
    public required IReadOnlyList<int> Out { get; init; }

    /// <summary>It waited before it was decided: for a neighbour, or a first fragment.</summary>
    public required bool Waited { get; init; }

    /// <summary>The verdict and why, in a sentence.</summary>
    public required string Why { get; init; }
}

/// <summary>Figures of a watch.</summary>
/// <param name="Observed">Frames that were wanted and seen.</param>
/// <param name="NotObserved">Frames that were wanted and not seen: no room, or over the
/// rate.</param>
/// <param name="PerSecond">The rate, of each loop.</param>
internal sealed record WatchFigures(long Observed, long NotObserved, int PerSecond);

/// <summary>The last frames that were seen.</summary>
internal sealed record PacketsReport(WatchFigures Figures, IReadOnlyList<ObserveRow> Packets)
{
    public int Schema { get; init; } = 1;
}
