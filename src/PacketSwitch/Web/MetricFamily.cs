// A metric with labels whose set of objects changes with the configuration: what is not set in a
// scrape is taken out. Used by SwitchMetrics, under its lock.

using Prometheus;

namespace PacketSwitch.Web;

/// <summary>One metric and the label values of this scrape.</summary>
internal sealed class MetricFamily<TChild>(Collector<TChild> family, Action<TChild, double> set)
    where TChild : ChildBase
{
    private readonly HashSet<string> _present = [];

    public void Set(double value, params string[] labels)
    {
        _present.Add(string.Join('\0', labels));
        set(family.WithLabels(labels), value);
    }

    /// <summary>Ends the scrape's round: objects that are gone are no longer told.</summary>
    public void Sweep()
    {
        foreach (string[] labels in family.GetAllLabelValues().ToArray())
        {
            if (!_present.Contains(string.Join('\0', labels)))
                family.RemoveLabelled(labels);
        }
        _present.Clear();
    }
}
