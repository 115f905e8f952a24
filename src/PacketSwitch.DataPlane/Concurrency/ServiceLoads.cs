// Sessions of each real server by virtual service: what the metric svcleast looks at. Shared by all loops; changed once per session.
//
// A counter is found by its key with open addressing. A key is claimed by compare-and-swap on an empty slot and never leaves it, so
// a finder needs no order but that of the key. When all slots of a key's neighbourhood are taken its sessions are not counted, at
// their opening and at their end alike.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Session counts by service and real server.</summary>
public sealed class ServiceLoads
{
    private const int Probes = 16;

    private readonly ulong[] _keys = new ulong[Limits.ServiceLoadEntries];
    private readonly int[] _counts = new int[Limits.ServiceLoadEntries];

    /// <summary>The key of a service; <see cref="Of"/> adds the real server.</summary>
    public static ulong KeyOf(ushort virt, ushort port, byte protocol)
        => (1UL << 63) | ((ulong)protocol << 48) | ((ulong)virt << 32) | ((ulong)port << 16);

    /// <summary>The key of a real server in a service.</summary>
    public static ulong Of(ulong service, ushort real) => service | real;

    /// <summary>Sessions in the tables, and those about to be.</summary>
    public int Current(ulong key)
    {
        int i = Find(key, claims: false);
        return i < 0 ? 0 : Volatile.Read(ref _counts[i]);
    }

    /// <summary>A session is about to be opened.</summary>
    public void Reserve(ulong key)
    {
        int i = Find(key, claims: true);
        if (i >= 0)
        {
            Interlocked.Increment(ref _counts[i]);
        }
    }

    /// <summary>A session has ended, or was not opened after all.</summary>
    public void Ended(ulong key)
    {
        int i = Find(key, claims: false);
        if (i >= 0)
        {
            Interlocked.Decrement(ref _counts[i]);
        }
    }

    /// <summary>Takes over another switch's counts, for a throw-away view of it; that one is only read.</summary>
    public void CopyFrom(ServiceLoads other)
    {
        other._counts.CopyTo(_counts, 0);
        other._keys.CopyTo(_keys, 0);
    }

    private int Find(ulong key, bool claims)
    {
        int start = (int)AddressHash.Mix(key);
        for (int probe = 0; probe < Probes; probe++)
        {
            int i = (start + probe) & (Limits.ServiceLoadEntries - 1);
            ulong seen = Volatile.Read(ref _keys[i]);
            if (seen == 0 && claims)
            {
                seen = Interlocked.CompareExchange(ref _keys[i], key, 0);
                seen = seen == 0 ? key : seen;
            }
            if (seen == key)
            {
                return i;
            }
            if (seen == 0)
            {
                return -1;
            }
        }
        return -1;
    }
}
