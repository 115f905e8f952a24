// metrics response and bandwidth: in turn, by shares that the control plane computes from what it measures and puts into the snapshot
// every few seconds (MeasuredWeights). Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>In turn, by any shares.</summary>
public sealed class MeasuredShares : Metric
{
    // Multiples of the golden ratio, modulo 1, fill every interval in proportion to its length, the shortest runs too.
    private const uint GoldenStep = 0x9e37_79b9;

    // Where each member's interval of the 32-bit circle ends.
    private readonly ulong[] _ends;

    /// <summary>Lays the members' shares side by side; by their weights without shares.</summary>
    public MeasuredShares(GroupMember[] members, double[]? shares)
    {
        _ends = new ulong[members.Length];
        double total = 0;
        for (int i = 0; i < members.Length; i++)
        {
            total += Share(members, shares, i);
        }
        double sum = 0;
        for (int i = 0; i < members.Length; i++)
        {
            sum += Share(members, shares, i);
            _ends[i] = total > 0 ? (ulong)Math.Round(sum / total * (1UL << 32)) : 0;
        }
    }

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        int members = _ends.Length;
        for (int attempt = 0; attempt < Limits.PickTurns; attempt++)
        {
            uint point = context.Loads.NextTurn(group.Id) * GoldenStep;
            int member = Array.BinarySearch(_ends, (ulong)point + 1);
            member = member < 0 ? ~member : member;
            if (member < members && context.Offer(member) is not null)
            {
                return member;
            }
        }
        for (int i = 0; i < members; i++)
        {
            if (context.Offer(i) is not null)
            {
                return i;
            }
        }
        return -1;
    }

    private static double Share(GroupMember[] members, double[]? shares, int i)
        => members[i].Weight == 0 ? 0 : shares is null ? members[i].Weight : shares[i];
}
