// The hash index of a session table: from a key's hash to the number of its flow entry. Buckets of eight slots,
// one cache line each; a key lives in one of two buckets and nowhere else, so a miss costs two lines. Lock-free: a slot
// is one 64-bit word, changed by compare-and-swap only. What it may fail to do: insertion fails when both buckets
// are full, which at the design load of one half does not happen by chance (the emptier bucket is taken once the first
// holds six), and an attacker does not know the seed of the hash.
//
// A slot: tag (16 bits of the hash) | committed (1) | stamp (15) | flow + 1 (32). Zero is empty. The stamp counts up, so that
// a slot that was freed and taken again differs.
//
// No two committed slots hold the same key. An inserter (1) claims an empty slot uncommitted, (2) looks at all 16 slots again,
// (3) commits by compare-and-swap. In (2) it yields to a committed slot of its key; of two uncommitted ones the one in the
// lower position removes the other, and the other yields. Suppose X (lower) and Y (higher) both committed. If Y's look did not
// see X, X was claimed after it; then X's look saw Y: either uncommitted, and X removed it (Y's commit fails), or
// committed, and X yielded. If X's look did not see Y, Y was claimed after it; then Y's look saw X and Y yielded. The
// compare-and-swap in (1) is a full fence, so that at least one of two looks sees the other.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PacketSwitch.DataPlane;

/// <summary>Says whether the flow entry in a slot has the key that is looked for.</summary>
internal interface IKeyProbe
{
    /// <summary>True when the flow entry <paramref name="flow"/> has the key.</summary>
    bool Matches(int flow);
}

/// <summary>How an insertion ended.</summary>
internal enum IndexInsert
{
    Inserted,
    Exists,
    Full,
}

/// <summary>The index: 64 bytes a bucket.</summary>
internal sealed unsafe class SessionIndex : IDisposable
{
    private const ulong Committed = 1UL << 47;
    private const int CrowdedBucket = 6;

    private readonly TableMemory _memory;
    private readonly ulong* _slots;
    private readonly ulong _mask;
    private int _stamp;

    /// <summary>Makes an index for <paramref name="keys"/> keys at a load of at most one half.</summary>
    public SessionIndex(int keys)
    {
        ulong buckets = BitOperations.RoundUpToPowerOf2(
            (ulong)Math.Max(keys / (Limits.BucketSlots / 2), 2));
        _mask = buckets - 1;
        Bytes = (long)buckets * 64;
        _memory = new TableMemory((nuint)Bytes);
        _slots = (ulong*)_memory.Start;
    }

    /// <summary>Bytes allocated for buckets.</summary>
    public long Bytes { get; }

    /// <summary>Asks the processor for the first bucket of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_slots + (First(hash) * Limits.BucketSlots));
        }
    }

    /// <summary>The flow in the first slot with the hash's tag, or -1: a guess that the caller must verify.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(ulong hash)
    {
        ulong* bucket = _slots + (First(hash) * Limits.BucketSlots);
        ulong tag = Tag(hash) | Committed;
        // All eight slots at once: a loop's end is mispredicted for nearly every frame. The slot is read again with acquire, since a
        // vector is read without; when it has changed since, the scalar way looks afresh.
        Vector512<ulong> slots = Vector512.LoadAligned(bucket) & Vector512.Create(TagMask | Committed);
        ulong hits = Vector512.Equals(slots, Vector512.Create(tag)).ExtractMostSignificantBits();
        if (hits == 0)
        {
            return GuessFrom(Limits.BucketSlots, hash, tag);
        }
        ulong slot = Volatile.Read(ref bucket[BitOperations.TrailingZeroCount(hits)]);
        return (slot & (TagMask | Committed)) == tag ? Flow(slot) : GuessFrom(0, hash, tag);
    }

    /// <summary>The flow of the key, or -1. Only committed slots count.</summary>
    public int Find<TProbe>(ulong hash, TProbe probe) where TProbe : struct, IKeyProbe
    {
        ulong tag = Tag(hash) | Committed;
        for (int i = 0; i < 2 * Limits.BucketSlots; i++)
        {
            ulong slot = Volatile.Read(ref Slot(hash, i));
            if ((slot & (TagMask | Committed)) == tag && probe.Matches(Flow(slot)))
            {
                return Flow(slot);
            }
        }
        return -1;
    }

    /// <summary>
    /// Inserts <paramref name="flow"/>, whose entry must be written completely. When the key is there already,
    /// <paramref name="existing"/> is its flow.
    /// </summary>
    public IndexInsert TryInsert<TProbe>(ulong hash, int flow, TProbe probe, out int existing)
        where TProbe : struct, IKeyProbe
    {
        existing = -1;
        for (int attempt = 0; attempt < Limits.InsertTries; attempt++)
        {
            existing = Find(hash, probe);
            if (existing >= 0)
            {
                return IndexInsert.Exists;
            }
            int position = EmptyPosition(hash);
            if (position < 0)
            {
                return IndexInsert.Full;
            }
            uint stamp = (uint)Interlocked.Increment(ref _stamp) & 0x7fff;
            ulong claim = Tag(hash) | ((ulong)stamp << 32) | (uint)(flow + 1);
            if (Interlocked.CompareExchange(ref Slot(hash, position), claim, 0) != 0)
            {
                continue;
            }
            if (Prevails(hash, position, probe)
                && Interlocked.CompareExchange(ref Slot(hash, position), claim | Committed, claim) == claim)
            {
                return IndexInsert.Inserted;
            }
            Interlocked.CompareExchange(ref Slot(hash, position), 0, claim);
        }
        // Another loop is inserting the same key all this time: as good as full for this frame.
        return IndexInsert.Full;
    }

    /// <summary>Removes the flow; false when it is not there.</summary>
    public bool Remove(ulong hash, int flow)
    {
        for (int i = 0; i < 2 * Limits.BucketSlots; i++)
        {
            ref ulong slot = ref Slot(hash, i);
            ulong value = Volatile.Read(ref slot);
            if (value != 0 && Flow(value) == flow && (value & TagMask) == Tag(hash))
            {
                return Interlocked.CompareExchange(ref slot, 0, value) == value;
            }
        }
        return false;
    }

    /// <summary>Returns the memory. Nobody may look any more.</summary>
    public void Dispose() => _memory.Dispose();

    // Step (2): true when no other slot of the key stands above this one.
    private bool Prevails<TProbe>(ulong hash, int position, TProbe probe) where TProbe : struct, IKeyProbe
    {
        for (int i = 0; i < 2 * Limits.BucketSlots; i++)
        {
            if (i == position)
            {
                continue;
            }
            ref ulong slot = ref Slot(hash, i);
            ulong value = Volatile.Read(ref slot);
            if ((value & TagMask) != Tag(hash) || value == 0 || !probe.Matches(Flow(value)))
            {
                continue;
            }
            if ((value & Committed) != 0 || i < position
                || Interlocked.CompareExchange(ref slot, 0, value) != value)
            {
                return false;
            }
        }
        return true;
    }

    private int EmptyPosition(ulong hash)
    {
        int firstUsed = Used(hash, 0, out int firstEmpty);
        if (firstUsed < CrowdedBucket)
        {
            return firstEmpty;
        }
        int secondUsed = Used(hash, Limits.BucketSlots, out int secondEmpty);
        return secondUsed < firstUsed ? secondEmpty : firstEmpty;
    }

    private int Used(ulong hash, int start, out int empty)
    {
        int used = 0;
        empty = -1;
        for (int i = start + Limits.BucketSlots - 1; i >= start; i--)
        {
            if (Volatile.Read(ref Slot(hash, i)) == 0)
            {
                empty = i;
            }
            else
            {
                used++;
            }
        }
        return used;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int GuessFrom(int position, ulong hash, ulong tag)
    {
        for (int i = position; i < 2 * Limits.BucketSlots; i++)
        {
            ulong slot = Volatile.Read(ref Slot(hash, i));
            if ((slot & (TagMask | Committed)) == tag)
            {
                return Flow(slot);
            }
        }
        return -1;
    }

    private const ulong TagMask = 0xffff_0000_0000_0000;

    // A tag is never zero, so that an empty slot matches none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tag(ulong hash) => (hash & TagMask) | (1UL << 48);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Flow(ulong slot) => (int)(uint)slot - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong First(ulong hash) => hash & _mask;

    // The second bucket always differs from the first.
    private ulong Second(ulong hash) => (First(hash) ^ ((((hash >> 32) & 0xffff) << 1) | 1)) & _mask;

    private ref ulong Slot(ulong hash, int position)
    {
        ulong bucket = position < Limits.BucketSlots ? First(hash) : Second(hash);
        return ref _slots[(bucket * Limits.BucketSlots) + (ulong)(position & (Limits.BucketSlots - 1))];
    }
}
