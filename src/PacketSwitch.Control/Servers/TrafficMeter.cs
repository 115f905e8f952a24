// Octets to and from each real server in the last interval, from the loops' counters: what the metric bandwidth looks at. Kept and asked by
// ControlPlane.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Control.Servers;

/// <summary>Differences between readings of the loops' counters.</summary>
internal sealed class TrafficMeter
{
    private readonly long[] _last = new long[Limits.MaxIdentifier];

    /// <summary>Octets of these servers since the last reading.</summary>
    public Dictionary<int, long> Read(IEnumerable<LoopLink> loops, IEnumerable<int> reals)
    {
        LoopCounters[] counters = [.. loops.Select(loop => loop.Counters)];
        var octets = new Dictionary<int, long>();
        foreach (int real in reals)
        {
            long total = counters.Sum(each => each.Reals[real].BytesTo + each.Reals[real].BytesFrom);
            octets[real] = total - _last[real];
            _last[real] = total;
        }
        return octets;
    }
}
