// metric leastconns, the default: fewest sessions for its weight, ties in turn (ALTEON.md section 6). Sessions of all
// services and stages count. Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>Smallest sessions / weight.</summary>
public sealed class LeastConnections : Metric
{
    /// <inheritdoc/>
    public override bool PrefersLeastLoaded => true;

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        GroupMember[] members = group.Members;
        int best = -1;
        long bestSessions = 0;
        int bestWeight = 1;
        int start = members.Length == 0 ? 0 : (int)(context.Loads.NextTurn(group.Id) % (uint)members.Length);
        for (int step = 0; step < members.Length; step++)
        {
            int i = start + step < members.Length ? start + step : start + step - members.Length;
            if (context.Offer(i) is not { } real)
            {
                continue;
            }
            long sessions = context.Loads.Current(real.Id);
            // sessions / weight, compared without division.
            if (best < 0 || sessions * bestWeight < bestSessions * real.Weight)
            {
                (best, bestSessions, bestWeight) = (i, sessions, real.Weight);
            }
        }
        return best;
    }
}
