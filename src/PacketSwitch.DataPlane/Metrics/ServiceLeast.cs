// metric svcleast: fewest sessions for its weight on the service at hand, whatever else the server does (ALTEON.md section 6); ties in turn.
// Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>Smallest sessions of this service / weight.</summary>
public sealed class ServiceLeast : Metric
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
            long sessions = context.ServiceSessions(real);
            if (best < 0 || sessions * bestWeight < bestSessions * real.Weight)
            {
                (best, bestSessions, bestWeight) = (i, sessions, real.Weight);
            }
        }
        return best;
    }
}
