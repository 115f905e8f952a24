// A bounded queue from one producer thread to one consumer thread. Full is an ordinary outcome: TryReserve says false and the
// producer counts. Slots are filled and read in place, so nothing is allocated or copied twice.
//
// Memory order: the producer fills the slot, then publishes _tail with release; the consumer reads _tail with acquire before the
// slot. The consumer releases a slot by publishing _head with release after it has read it; the producer reads _head with
// acquire before it fills the slot again. Each index has one writer.

namespace PacketSwitch.DataPlane;

/// <summary>A single-producer single-consumer ring of preallocated slots.</summary>
public sealed class SpscQueue<T>
{
    private readonly T[] _slots;
    private readonly int _mask;
    private long _head; // Written by: consumer. Read by: both.
    private long _tail; // Written by: producer. Read by: both.

    /// <summary>Makes a queue; <paramref name="capacity"/> is rounded up to a power of two.</summary>
    public SpscQueue(int capacity, Func<T>? fill = null)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _slots = new T[size];
        _mask = size - 1;
        for (int i = 0; fill is not null && i < size; i++)
        {
            _slots[i] = fill();
        }
    }

    /// <summary>True when nothing waits. A hint for the producer, exact for the consumer.</summary>
    public bool IsEmpty => Volatile.Read(ref _tail) == Volatile.Read(ref _head);

    /// <summary>Producer: the slot to fill next, if there is room. Call <see cref="Commit"/> when it is filled.</summary>
    public bool TryReserve(out int slot)
    {
        slot = (int)_tail & _mask;
        return _tail - Volatile.Read(ref _head) <= _mask;
    }

    /// <summary>Producer or consumer: a slot by its number.</summary>
    public ref T this[int slot] => ref _slots[slot];

    /// <summary>Producer: the reserved slot is filled.</summary>
    public void Commit() => Volatile.Write(ref _tail, _tail + 1);

    /// <summary>Consumer: the next filled slot. Call <see cref="Release"/> when it has been read.</summary>
    public bool TryPeek(out int slot)
    {
        slot = (int)_head & _mask;
        return Volatile.Read(ref _tail) != _head;
    }

    /// <summary>Consumer: the slot may be filled again.</summary>
    public void Release() => Volatile.Write(ref _head, _head + 1);
}
