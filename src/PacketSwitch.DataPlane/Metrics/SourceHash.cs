// metric hash: the client's address decides, over the servers in service, by weight. When the number of servers changes most
// clients move (ALTEON.md section 6); phash is the metric that avoids that. Listed in MetricCatalog.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A hash of the source address.</summary>
public sealed class SourceHash : Metric
{
    private readonly uint _weights;

    /// <summary>Sums the members' weights.</summary>
    public SourceHash(RealServer[] members)
    {
        foreach (RealServer member in members)
        {
            _weights += (uint)member.Weight;
        }
    }

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        RealServer[] members = group.Members;
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
            if (context.MayTake(i))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>A hash of an address that is the same at every start and on every machine.</summary>
    public static ulong Of<TAddress>(TAddress address) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        ulong hash = 0x9e37_79b9_7f4a_7c15;
        for (int i = 0; i < TAddress.Length; i++)
        {
            hash = (hash ^ bytes[i]) * 0x0000_0100_0000_01b3;
        }
        // The finalizer of SplitMix64: every bit of the address reaches every bit of the hash.
        hash = (hash ^ (hash >> 30)) * 0xbf58_476d_1ce4_e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d0_49bb_1331_11eb;
        return hash ^ (hash >> 31);
    }
}
