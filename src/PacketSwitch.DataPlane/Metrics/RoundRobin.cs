// metric roundrobin: in turn, by weight. The turns of smooth weighted round robin repeat after the sum of the weights, so they are
// laid out once when the snapshot is built; a pick is one shared counter. Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>In turn; a server of weight 3 has three turns, spread out, for each one of a server of weight 1.</summary>
public sealed class RoundRobin : Metric
{
    private readonly ushort[] _turns;

    /// <summary>Lays out the turns of the members.</summary>
    public RoundRobin(GroupMember[] members) => _turns = LayOut(members);

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        for (int attempt = 0; attempt < Math.Min(_turns.Length, Limits.PickTurns); attempt++)
        {
            int member = _turns[context.Loads.NextTurn(group.Id) % (uint)_turns.Length];
            if (context.Offer(member) is not null)
            {
                return member;
            }
        }
        for (int i = 0; i < group.Members.Length; i++)
        {
            if (context.Offer(i) is not null)
            {
                return i;
            }
        }
        return -1;
    }

    // Smooth weighted round robin: each turn every server gains its weight, the one with the most takes the turn and pays the sum.
    private static ushort[] LayOut(GroupMember[] members)
    {
        int divisor = 0;
        foreach (GroupMember member in members)
        {
            divisor = GreatestCommonDivisor(divisor, member.Weight);
        }
        long sum = 0;
        foreach (GroupMember member in members)
        {
            sum += member.Weight / Math.Max(divisor, 1);
        }
        var turns = new ushort[Math.Min(sum, Limits.MaxScheduleEntries)];
        var credit = new long[members.Length];
        for (int turn = 0; turn < turns.Length; turn++)
        {
            int best = 0;
            for (int i = 0; i < members.Length; i++)
            {
                credit[i] += members[i].Weight / divisor;
                best = credit[i] > credit[best] ? i : best;
            }
            credit[best] -= sum;
            turns[turn] = (ushort)best;
        }
        return turns;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
