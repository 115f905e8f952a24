// metric minmisses: the server with the highest random weight for this client (rendezvous hashing; weighted as in Schindelhauer and Schomaker,
// SPAA 2005): a server that comes or goes moves its own clients only. mhash says how much of the client's address counts: 24 bits, or
// for IPv6 the 56 bits of a site (RFC 6177); 32 bits, or for IPv6 all 128, of a host. Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>Highest random weight of source and server.</summary>
/// <param name="sourceBits">24 or 32.</param>
public sealed class MinMisses(int sourceBits) : Metric
{
    private const int SiteBits = 56;

    /// <inheritdoc/>
    public override bool GoesByClient => true;

    /// <inheritdoc/>
    public override int SourceBits(bool isV6) => !isV6 ? sourceBits : sourceBits == 24 ? SiteBits : 128;

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        GroupMember[] members = group.Members;
        int best = -1;
        double bestDistance = 0;
        for (int i = 0; i < members.Length; i++)
        {
            if (context.Offer(i) is null)
            {
                continue;
            }
            ulong hash = AddressHash.With(context.SourceHash, members[i].Id);
            double distance = Distance(hash, members[i].Weight);
            if (best < 0 || distance < bestDistance)
            {
                (best, bestDistance) = (i, distance);
            }
        }
        return best;
    }

    /// <summary>How far a server is from a source, by a hash of both: the nearest serves it.</summary>
    public static double Distance(ulong hash, int weight)
    {
        // Uniform in (0, 1]; -ln of it over the weight is least with a probability of the weight's
        // share.
        ulong random = hash >> 11;
        return -Math.Log((random + 1) * (1.0 / (1UL << 53))) / weight;
    }
}
