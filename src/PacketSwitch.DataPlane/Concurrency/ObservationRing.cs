// A bounded ring of observations from one loop to one reader. The loop takes slots while a burst is
// on its way, fills them, and publishes at the end those that it keeps; the others are given back.
// Full is an ordinary outcome: TryTake says false and the loop counts. Nothing is allocated.
//
// Memory order: slots between _tail and _tail + _taken belong to the loop alone, which may change
// their order there (Publish moves the kept ones to the front). It publishes by one release write
// of _tail, after it has filled them and put them in place; the reader reads _tail with acquire
// before it looks at a place or what is in it, so it sees all frames of a burst or none. The reader
// gives a place back by a release write of _head after it has read it; the loop reads _head with
// acquire before it takes the place again. Each index has one writer.

namespace PacketSwitch.DataPlane;

/// <summary>A single-producer single-consumer ring of preallocated observations.</summary>
public sealed class ObservationRing
{
    private readonly Observation[] _slots;
    private readonly int _mask;
    private int _taken; // The producer's own.
    private long _head; // Written by: consumer. Read by: both.
    private long _tail; // Written by: producer. Read by: both.

    /// <summary>Makes a ring; the capacity is rounded up to a power of two.</summary>
    public ObservationRing(int capacity, int snapBytes)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _slots = new Observation[size];
        _mask = size - 1;
        for (int i = 0; i < size; i++)
        {
            _slots[i] = new Observation(snapBytes);
        }
    }

    /// <summary>How many observations fit.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Slots that are taken and not published.</summary>
    internal int Taken => _taken;

    /// <summary>Producer: the next slot to fill, if there is room.</summary>
    internal bool TryTake(out Observation slot)
    {
        long next = _tail + _taken;
        slot = _slots[(int)next & _mask];
        if (next - Volatile.Read(ref _head) > _mask)
        {
            return false;
        }
        slot.IsKept = false;
        _taken++;
        return true;
    }

    /// <summary>Producer: a taken slot, in the order of taking, from 0.</summary>
    internal Observation Slot(int taken) => _slots[(int)(_tail + taken) & _mask];

    /// <summary>Producer: publishes the taken slots that are kept, in order.</summary>
    internal void Publish()
    {
        int kept = 0;
        for (int i = 0; i < _taken; i++)
        {
            int from = (int)(_tail + i) & _mask;
            if (_slots[from].IsKept)
            {
                int to = (int)(_tail + kept) & _mask;
                (_slots[to], _slots[from]) = (_slots[from], _slots[to]);
                kept++;
            }
        }
        _taken = 0;
        if (kept > 0)
        {
            Volatile.Write(ref _tail, _tail + kept);
        }
    }

    /// <summary>Consumer: how many observations wait. Bursts are never divided.</summary>
    public int Count => (int)(Volatile.Read(ref _tail) - _head);

    /// <summary>Consumer: the first that waits, when <see cref="Count"/> is not 0. Call
    /// <see cref="Release"/> when it has been read.</summary>
    public Observation First => _slots[(int)_head & _mask];

    /// <summary>Consumer: the first slot may be filled again.</summary>
    public void Release() => Volatile.Write(ref _head, _head + 1);
}
