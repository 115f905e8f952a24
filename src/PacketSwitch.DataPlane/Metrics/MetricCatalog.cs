// The metrics by name. Read by the snapshot builder; one row to add one.

namespace PacketSwitch.DataPlane;

/// <summary>Makes metrics.</summary>
public static class MetricCatalog
{
    private static readonly Dictionary<string, Func<MetricInput, Metric>> Metrics = new()
    {
        ["leastconns"] = _ => new LeastConnections(),
        ["roundrobin"] = input => new RoundRobin(input.Members),
        ["hash"] = input => new SourceHash(input.Members),
        ["phash"] = input => new PersistentHash(input.Members),
        ["minmisses"] = input => new MinMisses(input.SourceBits),
        ["response"] = input => new MeasuredShares(input.Members, input.Shares),
        ["bandwidth"] = input => new MeasuredShares(input.Members, input.Shares),
        ["svcleast"] = _ => new ServiceLeast(),
    };

    /// <summary>Names of the metrics that are in effect.</summary>
    public static IEnumerable<string> Names => Metrics.Keys;

    /// <summary>The metric of that name; leastconns when the name is not in effect.</summary>
    public static Metric Make(string name, MetricInput input)
        => Metrics.TryGetValue(name, out Func<MetricInput, Metric>? make) ? make(input) : new LeastConnections();
}
