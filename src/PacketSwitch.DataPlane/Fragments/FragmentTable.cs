// The divided datagrams that a loop is forwarding, and the fragments that came before the first
// one. SlowPath records each fragment here; PortLoop lets the held ones go. One loop's: all
// fragments of a datagram come in on one port.
//
// Everything is bounded: datagrams, fragments of each, and held frames in number, bytes and time.
// A datagram that waits has held frames, so there are at most Limits.HeldFragments of them; all
// others stand in a list by age, and the oldest of those makes room for a new one. So a flood of
// first fragments shortens memories and never refuses an orderly datagram; a flood of later
// fragments fills the hold queue and hurts only datagrams that come out of order, for as long as
// a fragment may wait.

namespace PacketSwitch.DataPlane;

/// <summary>Divided datagrams by their name.</summary>
public sealed class FragmentTable
{
    /// <summary>No datagram.</summary>
    public const int None = 0;

    private const int Most = Limits.FragmentedDatagrams;
    private const int Buckets = 2 * Most;
    private const int PieceBits = 16;

    // Place 0 is the ring's head: its Newer is the oldest decided datagram, its Older the newest.
    private readonly Datagram[] _datagrams = new Datagram[Most + 1];
    private readonly uint[] _pieces = new uint[(Most + 1) * Limits.FragmentsPerDatagram];
    private readonly int[] _buckets = new int[Buckets];
    private int _free;

    /// <summary>Makes an empty table.</summary>
    public FragmentTable()
    {
        for (int i = Most; i > 0; i--)
        {
            _datagrams[i].NextInBucket = _free;
            _free = i;
        }
    }

    /// <summary>Datagrams remembered.</summary>
    public int Count { get; private set; }

    /// <summary>The fragments that wait for the first of their datagram.</summary>
    public HoldQueue Held { get; } = new(
        Limits.HeldFragments, Most + 1, Limits.HeldFragmentsPerDatagram, Limits.FragmentNanoseconds);

    /// <summary>
    /// A datagram with held fragments has been decided since this was set to false.
    /// </summary>
    public bool HasDue { get; set; }

    /// <summary>A datagram by its number.</summary>
    public ref Datagram this[int datagram] => ref _datagrams[datagram];

    /// <summary>
    /// The datagram decided or touched last; <see cref="None"/> when there is none.
    /// </summary>
    public int Newest => _datagrams[None].Older;

    /// <summary>The one before it; <see cref="None"/> at the end.</summary>
    public int OlderThan(int datagram) => _datagrams[datagram].Older;

    /// <summary>The number of a datagram, or <see cref="None"/>.</summary>
    public int Find(in FragmentKey key, long nowNs)
    {
        int datagram = _buckets[Bucket(key)];
        while (datagram != None && !_datagrams[datagram].Key.Equals(key))
        {
            datagram = _datagrams[datagram].NextInBucket;
        }
        if (datagram != None && IsDecided(datagram) && _datagrams[datagram].DeadlineNs <= nowNs
            && Held.CountOf(datagram) == 0)
        {
            Remove(datagram);
            return None;
        }
        return datagram;
    }

    /// <summary>
    /// A new datagram, waiting for its first fragment; <see cref="None"/> when all wait.
    /// </summary>
    public int Add(in FragmentKey key)
    {
        if (_free == None && !TryMakeRoom())
        {
            return None;
        }
        int datagram = _free;
        _free = _datagrams[datagram].NextInBucket;
        int bucket = Bucket(key);
        _datagrams[datagram] = new Datagram { Key = key, NextInBucket = _buckets[bucket] };
        _buckets[bucket] = datagram;
        Count++;
        return datagram;
    }

    /// <summary>Notes a fragment, unless it does not fit.</summary>
    public FragmentFit Record(int datagram, int offset, int length, bool more, long nowNs)
    {
        ref Datagram whole = ref _datagrams[datagram];
        int end = offset + length;
        int first = datagram * Limits.FragmentsPerDatagram;
        foreach (uint piece in _pieces.AsSpan(first, whole.Fragments))
        {
            int start = (int)(piece >> PieceBits) * 8;
            int stop = start + (ushort)piece;
            if (start == offset && stop == end && more == (whole.LengthBytes != end))
            {
                return FragmentFit.Duplicate;
            }
            if (offset < stop && start < end)
            {
                return FragmentFit.Overlap;
            }
        }
        if (more ? whole.LengthBytes > 0 && end >= whole.LengthBytes
            : whole.LengthBytes > 0 || end < whole.HighestByte)
        {
            return FragmentFit.WrongEnd;
        }
        if (whole.Fragments == Limits.FragmentsPerDatagram)
        {
            return FragmentFit.TooMany;
        }
        _pieces[first + whole.Fragments++] = ((uint)offset / 8 << PieceBits) | (uint)length;
        whole.SeenBytes += length;
        whole.HighestByte = Math.Max(whole.HighestByte, end);
        whole.LengthBytes = more ? whole.LengthBytes : end;
        if (IsDecided(datagram))
        {
            Unlink(datagram);
            Link(datagram, nowNs);
        }
        return FragmentFit.New;
    }

    /// <summary>
    /// Sets what becomes of the datagram's fragments; those that wait are due now.
    /// </summary>
    public void Decide(int datagram, FragmentDecision decision, DropReason reason, long nowNs)
    {
        if (IsDecided(datagram))
        {
            Unlink(datagram);
        }
        _datagrams[datagram].Decision = decision;
        _datagrams[datagram].Reason = reason;
        Link(datagram, nowNs);
        HasDue |= Held.CountOf(datagram) > 0;
    }

    /// <summary>Forgets a datagram that still waits for its first fragment.</summary>
    public void ForgetUndecided(int datagram)
    {
        if (!IsDecided(datagram) && Held.CountOf(datagram) == 0)
        {
            Remove(datagram);
        }
    }

    /// <summary>Forgets a datagram of which no fragment waits.</summary>
    public void Remove(int datagram)
    {
        if (IsDecided(datagram))
        {
            Unlink(datagram);
        }
        ref int place = ref _buckets[Bucket(_datagrams[datagram].Key)];
        while (place != datagram)
        {
            place = ref _datagrams[place].NextInBucket;
        }
        place = _datagrams[datagram].NextInBucket;
        _datagrams[datagram] = new Datagram { NextInBucket = _free };
        _free = datagram;
        Count--;
    }

    private bool IsDecided(int datagram) => _datagrams[datagram].Decision != FragmentDecision.Waiting;

    private static int Bucket(in FragmentKey key) => (int)((uint)key.GetHashCode() % Buckets);

    // A decided datagram whose held fragments are about to go is the newest: it is not met here.
    private bool TryMakeRoom()
    {
        int oldest = _datagrams[None].Newer;
        if (oldest == None || Held.CountOf(oldest) > 0)
        {
            return false;
        }
        Remove(oldest);
        return true;
    }

    private void Link(int datagram, long nowNs)
    {
        ref Datagram linked = ref _datagrams[datagram];
        linked.DeadlineNs = nowNs
            + (linked.IsWhole ? Limits.WholeDatagramNanoseconds : Limits.FragmentNanoseconds);
        ref Datagram head = ref _datagrams[None];
        linked.Older = head.Older;
        linked.Newer = None;
        _datagrams[head.Older].Newer = datagram;
        head.Older = datagram;
    }

    private void Unlink(int datagram)
    {
        ref Datagram linked = ref _datagrams[datagram];
        _datagrams[linked.Older].Newer = linked.Newer;
        _datagrams[linked.Newer].Older = linked.Older;
    }
}
