// The shares of the metrics response and bandwidth: a pure function of measurements and weights. Called by GroupBuilder.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Control.Servers;

/// <summary>Shares of the members of a group, in any unit.</summary>
internal static class MeasuredWeights
{
    // Below this, the difference is noise of the check and not of the server.
    private const double ShortestNs = 1_000_000;

    // An idle server gets at most this many times what its weight would give it beside servers of average load.
    private const double MostPreferred = 16;

    /// <summary>response: weight / moving average of the check's time, at least 1 ms; one never measured counts as the mean.</summary>
    public static double[] ByResponse(GroupMember[] members, RealMeasures measures)
        => Inverse(members, measures.ResponseNs, _ => ShortestNs);

    /// <summary>bandwidth: weight / octets of the last interval, but at least a sixteenth of the mean.</summary>
    public static double[] ByBandwidth(GroupMember[] members, RealMeasures measures)
        => Inverse(members, measures.Octets, mean => Math.Max(mean / MostPreferred, 1));

    private static double[] Inverse(
        GroupMember[] members, IReadOnlyDictionary<int, long> measured, Func<double, double> least)
    {
        double[] known = [.. members
            .Where(member => member.Servers.Length > 0 && measured.ContainsKey(member.Servers[0].Id))
            .Select(member => (double)measured[member.Servers[0].Id])];
        double mean = known.Length == 0 ? 0 : known.Average();
        double floor = least(mean);
        var shares = new double[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].Servers.Length > 0)
            {
                double load = measured.TryGetValue(members[i].Servers[0].Id, out long value) ? value : mean;
                shares[i] = members[i].Weight / Math.Max(load, floor);
            }
        }
        return shares;
    }
}
