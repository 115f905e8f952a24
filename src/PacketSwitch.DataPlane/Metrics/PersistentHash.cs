// metric phash: a Maglev table over the configured servers, in service or not, by weight (Eisenbud et al., NSDI 2016, section 3.4). A client
// whose server is out of service, full or in slow start looks again with another hash, so that only the clients of that server move and spread
// over all others. Taking a server out of the configuration rebuilds the table: of 8 servers 0.2 % of the others' entries move.
// Listed in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>A persistent hash of the source address.</summary>
public sealed class PersistentHash : Metric
{
    // 8 looks find one of two servers in service among eight with 90 %; the rest look at every member.
    private const int Looks = 8;

    private readonly ushort[] _table;

    /// <summary>Fills the table.</summary>
    public PersistentHash(GroupMember[] members) => _table = Fill(members);

    /// <inheritdoc/>
    public override bool GoesByClient => true;

    /// <inheritdoc/>
    public override int Pick(ServerGroup group, ref PickContext context)
    {
        if (_table.Length == 0)
        {
            return -1;
        }
        ulong hash = context.SourceHash;
        for (int look = 0; look < Looks; look++)
        {
            int member = _table[hash % (uint)_table.Length];
            if (context.Offer(member) is not null)
            {
                return member;
            }
            hash = AddressHash.With(hash, (ulong)look);
        }
        int members = group.Members.Length;
        int start = (int)(hash % (uint)members);
        for (int step = 0; step < members; step++)
        {
            int i = (start + step) % members;
            if (context.Offer(i) is not null)
            {
                return i;
            }
        }
        return -1;
    }

    // Every server has its own order of all entries (an offset and a stride) and in turn claims the next one of its order that is
    // free; a server of the greatest weight claims at every turn, one of half of it at every other turn.
    private static ushort[] Fill(GroupMember[] members)
    {
        int heaviest = 0;
        foreach (GroupMember member in members)
        {
            heaviest = Math.Max(heaviest, member.ConfiguredWeight);
        }
        if (heaviest == 0)
        {
            return [];
        }
        const int Entries = Limits.PersistentHashEntries;
        const ushort Free = ushort.MaxValue;
        var table = new ushort[Entries];
        table.AsSpan().Fill(Free);
        var next = new int[members.Length];
        var stride = new int[members.Length];
        var credit = new int[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            ulong name = AddressHash.With(0, members[i].Id);
            next[i] = (int)(name % Entries);
            stride[i] = 1 + (int)(AddressHash.With(name, 1) % (Entries - 1));
        }
        int left = Entries;
        while (true)
        {
            for (int i = 0; i < members.Length; i++)
            {
                credit[i] += members[i].ConfiguredWeight;
                if (credit[i] < heaviest)
                {
                    continue;
                }
                credit[i] -= heaviest;
                while (table[next[i]] != Free)
                {
                    next[i] = (next[i] + stride[i]) % Entries;
                }
                table[next[i]] = (ushort)i;
                if (--left == 0)
                {
                    return table;
                }
            }
        }
    }
}
