// Metrics of the last snapshots, by group: health and measurements change often, and a phash table or a round of turns need not be laid out
// anew for it. Kept by SnapshotBuilder, used by GroupBuilder.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Control.Servers;

/// <summary>Makes metrics, or finds the one it made of the same material.</summary>
internal sealed class MetricCache
{
    private readonly Dictionary<(int Group, bool IsV6), (Material Of, Metric Metric)> _made = [];

    /// <summary>The metric of a group.</summary>
    public Metric Get(GroupConfig group, bool isV6, GroupMember[] members, RealMeasures measures)
    {
        string name = ValueKinds.Metric.Format(group.Metric)!;
        double[]? shares = group.Metric switch
        {
            GroupMetric.Response => MeasuredWeights.ByResponse(members, measures),
            GroupMetric.Bandwidth => MeasuredWeights.ByBandwidth(members, measures),
            _ => null,
        };
        if (shares is not null)
        {
            return MetricCatalog.Make(name, new MetricInput(members, group.SourceBits, shares));
        }
        var material = new Material(
            name, group.SourceBits, [.. members.Select(member => (member.Id, member.ConfiguredWeight, member.Weight))]);
        if (_made.TryGetValue((group.Id, isV6), out (Material Of, Metric Metric) last) && last.Of.Equals(material))
        {
            return last.Metric;
        }
        Metric metric = MetricCatalog.Make(name, new MetricInput(members, group.SourceBits));
        _made[(group.Id, isV6)] = (material, metric);
        return metric;
    }

    // All that metrics without measurements are made of.
    private sealed record Material(string Name, int SourceBits, (ushort Id, int Configured, int Weight)[] Members)
    {
        public bool Equals(Material? other)
            => other is not null && Name == other.Name && SourceBits == other.SourceBits
                && Members.AsSpan().SequenceEqual(other.Members);

        public override int GetHashCode() => HashCode.Combine(Name, SourceBits, Members.Length);
    }
}
