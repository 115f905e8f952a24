// The drop counters under the names that Prometheus knows them by (INTERFACE 4.5): one row for every reason of the enum, those that have not
// occurred included, so that a rate is right from the first drop on. Read by whoever serves metrics.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Control.Statistics;

/// <summary>Drops by reason over all loops.</summary>
public static class DropMetrics
{
    /// <summary>The metric's name.</summary>
    public const string Name = "packetswitch_drops_total";

    /// <summary>The label of each reason and its count.</summary>
    public static IEnumerable<(string Reason, long Count)> Read(IReadOnlyList<LoopCounters> loops)
    {
        for (int reason = 1; reason < ReasonText.DropReasons; reason++)
        {
            yield return (ReasonText.Of((DropReason)reason), loops.Sum(loop => loop.Dropped[reason]));
        }
    }

    /// <summary>A line of the text format: <c>packetswitch_drops_total{reason="dam-off"} 3</c>.</summary>
    public static string Line(string reason, long count) => $"{Name}{{reason=\"{reason}\"}} {count}";
}
