// Where MAC addresses were last seen: the learning bridge's table, shared by all loops. Used by Bridge.
//
// An entry is two words: the address with its VLAN, and its place: the tick it was seen (32 bits), a check of the address (24) and the
// port (8). An address is claimed by compare-and-swap on the first word; the second is overwritten by whichever loop saw the address
// last. Loops that give an entry to different addresses at once may leave a place beside the wrong address: its check tells, the
// reader floods, and the address's next frame puts it right.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A fixed-size table of learned addresses; a full neighbourhood replaces its oldest entry.</summary>
public sealed class BridgeTable
{
    private const ulong Valid = 1UL << 63;
    private const int PortBits = 8;
    private const ulong PortMask = (1 << PortBits) - 1;
    private static readonly uint AgeTicks = Ticks.FromSeconds(Limits.BridgeAgeSeconds);

    private readonly ulong[] _address = new ulong[Limits.BridgeAddresses];
    private readonly ulong[] _place = new ulong[Limits.BridgeAddresses];

    /// <summary>Takes over what another switch has learned, for a throw-away view of it; that one is only read.</summary>
    public void CopyFrom(BridgeTable other)
    {
        other._address.CopyTo(_address, 0);
        other._place.CopyTo(_place, 0);
    }

    /// <summary>Notes that the address sent a frame on the port.</summary>
    public void Learn(MacAddress mac, ushort vlan, int port, uint now)
    {
        if (mac.IsMulticast || mac.IsZero)
        {
            return;
        }
        ulong word = Word(mac, vlan);
        ulong place = ((ulong)now << 32) | (Check(word) << PortBits) | (uint)port;
        int start = Start(word);
        int oldest = start;
        uint oldestAge = 0;
        for (int probe = 0; probe < Limits.BridgeProbes; probe++)
        {
            int i = (start + probe) & (Limits.BridgeAddresses - 1);
            ulong seen = Volatile.Read(ref _address[i]);
            if (seen == 0)
            {
                seen = Interlocked.CompareExchange(ref _address[i], word, 0);
                seen = seen == 0 ? word : seen;
            }
            if (seen == word)
            {
                // Rewritten only when something changed: a busy address does not bounce its line between cores.
                if (Volatile.Read(ref _place[i]) != place)
                {
                    Volatile.Write(ref _place[i], place);
                }
                return;
            }
            uint age = now - (uint)(Volatile.Read(ref _place[i]) >> 32);
            if ((int)age >= 0 && age >= oldestAge)
            {
                oldest = i;
                oldestAge = age;
            }
        }
        Volatile.Write(ref _address[oldest], word);
        Volatile.Write(ref _place[oldest], place);
    }

    /// <summary>Index of the port behind which the address was last seen, or -1.</summary>
    public int Find(MacAddress mac, ushort vlan, uint now)
    {
        ulong word = Word(mac, vlan);
        int start = Start(word);
        for (int probe = 0; probe < Limits.BridgeProbes; probe++)
        {
            int i = (start + probe) & (Limits.BridgeAddresses - 1);
            if (Volatile.Read(ref _address[i]) != word)
            {
                continue;
            }
            ulong place = Volatile.Read(ref _place[i]);
            bool stale = (int)(now - (uint)(place >> 32)) > (int)AgeTicks;
            bool own = (uint)place >> PortBits == Check(word);
            return stale || !own ? -1 : (int)(place & PortMask);
        }
        return -1;
    }

    private static ulong Word(MacAddress mac, ushort vlan) => Valid | ((ulong)(vlan & 0xfff) << 48) | mac.Value;

    // Independent of Start: addresses that share an entry differ here.
    private static ulong Check(ulong word) => ((word ^ (word >> 29)) * 0xd6e8_feb8_6659_fd93) >> 40;

    private static int Start(ulong word)
        => (int)((word * 0x9e37_79b9_7f4a_7c15) >> 40) & (Limits.BridgeAddresses - 1);
}
