// The metrics by name. Read by the snapshot builder; one row to add one.

namespace PacketSwitch.DataPlane;

/// <summary>Makes metrics.</summary>
public static class MetricCatalog
{
    private static readonly Dictionary<string, Func<RealServer[], Metric>> Metrics = new()
    {
        ["leastconns"] = _ => new LeastConnections(),
        ["roundrobin"] = members => new RoundRobin(members),
        ["hash"] = members => new SourceHash(members),
    };

    /// <summary>Names of the metrics that are in effect.</summary>
    public static IEnumerable<string> Names => Metrics.Keys;

    /// <summary>The metric of that name for these members; leastconns when the name is not in effect.</summary>
    public static Metric Make(string name, RealServer[] members)
        => Metrics.TryGetValue(name, out Func<RealServer[], Metric>? make) ? make(members) : new LeastConnections();
}
