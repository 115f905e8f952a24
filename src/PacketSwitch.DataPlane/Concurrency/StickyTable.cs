// Which real server a client is bound to (pbind): a bounded table shared by all loops. Used by
// ServerPicker when a session opens, ends or lives on.
//
// An entry is two words: a seeded 64-bit fingerprint of client and service, and the server with the
// tick of the last activity. Whoever writes a new entry first takes the slot by compare-and-swap of
// its key to Busy, then writes the value, then the key (release); a reader reads the key again
// after the value. Later changes of the value are compare-and-swaps, so that a refresh cannot undo
// a move and a late change does not reach the slot's next owner; for the case that both values are
// alike, each carries a few bits of its key. Two loops that bind one client at the same moment may
// leave two entries: the first in probe order counts and the other one ages.
//
// A full neighbourhood gives up its oldest entry, and first those whose session was never seen to
// be established: a SYN flood displaces itself.

namespace PacketSwitch.DataPlane;

/// <summary>Bindings of clients to real servers, by fingerprint.</summary>
/// <param name="entries">How many there can be: a power of two, more than the probes.</param>
public sealed class StickyTable(int entries = Limits.StickyEntries)
{
    private const ulong Empty = 0;
    private const ulong Busy = 1;
    private const ulong ConfirmedBit = 1UL << 16;
    private const ulong CheckMask = 0xfffe_0000;

    private ulong[]? _keys;
    private ulong[] _values = [];

    // Of a throw-away view: the table it looks into and never writes. Set before its first use.
    private StickyTable? _behind;

    /// <summary>
    /// Takes the table's memory; called by control before the first snapshot with a sticky service.
    /// </summary>
    public void Prepare()
    {
        if (_keys is null)
        {
            _values = new ulong[entries];
            Volatile.Write(ref _keys, new ulong[entries]);
        }
    }

    /// <summary>
    /// Knows another switch's bindings too, for a throw-away view of it; that one is only read.
    /// </summary>
    public void LookInto(StickyTable other) => _behind = other;

    /// <summary>
    /// The server a client is bound to; false when there is none or the last activity is too long
    /// ago.
    /// </summary>
    public bool TryFind(ulong fingerprint, uint now, uint timeoutTicks, out ushort real)
    {
        real = 0;
        ulong[]? keys = Volatile.Read(ref _keys);
        if (keys is null)
        {
            return false;
        }
        ulong key = Key(fingerprint);
        int i = Find(keys, key);
        if (i < 0)
        {
            return _behind is not null && _behind.TryFind(fingerprint, now, timeoutTicks, out real);
        }
        ulong value = Volatile.Read(ref _values[i]);
        real = (ushort)value;
        return (value & CheckMask) == Check(key) && Age((uint)(value >> 32), now) < timeoutTicks
            && Volatile.Read(ref keys[i]) == key;
    }

    /// <summary>
    /// Binds the client to the server; false when another client's binding was given up for it.
    /// </summary>
    public bool Bind(ulong fingerprint, ushort real, uint now)
    {
        ulong[]? keys = Volatile.Read(ref _keys);
        if (keys is null)
        {
            return true;
        }
        ulong key = Key(fingerprint);
        int i = Find(keys, key);
        if (i >= 0)
        {
            for (int attempt = 0; attempt < Limits.InsertTries; attempt++)
            {
                ulong seen = Volatile.Read(ref _values[i]);
                if ((seen & CheckMask) != Check(key)
                    || TryChange(i, seen, Value(key, real, seen, now)))
                {
                    break;
                }
            }
            return true;
        }
        return Insert(keys, key, Value(key, real, 0, now), now);
    }

    /// <summary>
    /// A session of the client with this server was active at <paramref name="lastActivity"/>: a
    /// binding to that server lives on; of an
    /// established session (<paramref name="confirmed"/>) one that was lost comes back.
    /// </summary>
    public void Refresh(ulong fingerprint, ushort real, bool confirmed, uint lastActivity, uint now)
    {
        ulong[]? keys = Volatile.Read(ref _keys);
        if (keys is null)
        {
            return;
        }
        ulong key = Key(fingerprint);
        ulong bit = confirmed ? ConfirmedBit : 0;
        int i = Find(keys, key);
        if (i < 0)
        {
            if (confirmed)
            {
                Insert(keys, key, Value(key, real, bit, lastActivity), now);
            }
            return;
        }
        ulong seen = Volatile.Read(ref _values[i]);
        uint moment = (uint)(seen >> 32);
        uint latest = Age(moment, now) < Age(lastActivity, now) ? moment : lastActivity;
        ulong value = Value(key, real, seen | bit, latest);
        if ((ushort)seen == real && (seen & CheckMask) == Check(key) && value != seen)
        {
            TryChange(i, seen, value);
        }
    }

    private bool TryChange(int i, ulong seen, ulong value)
        => Interlocked.CompareExchange(ref _values[i], value, seen) == seen;

    // The first empty slot, else that of the entry least worth keeping.
    private bool Insert(ulong[] keys, ulong key, ulong value, uint now)
    {
        int victim = -1;
        long victimAge = -1;
        ulong victimKey = Empty;
        for (int probe = 0; probe < Limits.StickyProbes; probe++)
        {
            int i = Slot(key, probe);
            ulong seen = Volatile.Read(ref keys[i]);
            if (seen == Empty && TryWrite(keys, i, Empty, key, value))
            {
                return true;
            }
            ulong held = Volatile.Read(ref _values[i]);
            bool confirmed = (held & ConfirmedBit) != 0;
            long age = Age((uint)(held >> 32), now) + (confirmed ? 0 : (long)uint.MaxValue);
            if (seen != Busy && age > victimAge)
            {
                (victim, victimAge, victimKey) = (i, age, seen);
            }
        }
        if (victim >= 0)
        {
            TryWrite(keys, victim, victimKey, key, value);
        }
        return false;
    }

    private bool TryWrite(ulong[] keys, int i, ulong expected, ulong key, ulong value)
    {
        if (Interlocked.CompareExchange(ref keys[i], Busy, expected) != expected)
        {
            return false;
        }
        Volatile.Write(ref _values[i], value);
        Volatile.Write(ref keys[i], key);
        return true;
    }

    // Entries are never taken out, so the first empty slot ends the search; a Busy one may become
    // anything.
    private int Find(ulong[] keys, ulong key)
    {
        for (int probe = 0; probe < Limits.StickyProbes; probe++)
        {
            int i = Slot(key, probe);
            ulong seen = Volatile.Read(ref keys[i]);
            if (seen == key)
            {
                return i;
            }
            if (seen == Empty)
            {
                return -1;
            }
        }
        return -1;
    }

    private int Slot(ulong key, int probe)
        => ((int)(key >> 20) + probe) & (entries - 1);

    // Tick, some bits of the key, whether a session was established, server.
    private static ulong Value(ulong key, ushort real, ulong confirmed, uint moment)
        => ((ulong)moment << 32) | Check(key) | (confirmed & ConfirmedBit) | real;

    private static ulong Check(ulong key) => AddressHash.Mix(key) & CheckMask;

    private static ulong Key(ulong fingerprint) => fingerprint | 2;

    private static uint Age(uint moment, uint now) => (int)(now - moment) < 0 ? 0 : now - moment;
}
