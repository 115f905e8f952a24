// metric hash: the client's address decides, over the servers in service, by weight. When the number of servers changes most
// clients move (ALTEON.md section 6); phash is the metric that avoids that. Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>A hash of the source address.</summary>
public sealed class SourceHash : Metric
{
    private readonly uint _weights;

    /// <summary>Sums the members' weights.</summary>
    public SourceHash(GroupMember[] members)
    {
        foreach (GroupMember member in members)
        {
            _weights += (uint)member.Weight;
        }
    }

    /// <inheritdoc/>
    public override bool GoesByClient => true;

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        GroupMember[] members = group.Members;
        if (_weights == 0)
        {
            return -1;
        }
        long place = (long)(context.SourceHash % _weights);
        int member = 0;
        while (place >= members[member].Weight)
        {
            place -= members[member++].Weight;
        }
        for (int step = 0; step < members.Length; step++)
        {
            int i = (member + step) % members.Length;
            if (context.Offer(i) is not null)
            {
                return i;
            }
        }
        return -1;
    }
}
