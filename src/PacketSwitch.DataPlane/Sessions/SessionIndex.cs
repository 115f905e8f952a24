// The hash index of a session table: from a key's hash to the number of its flow entry. Buckets of
// sixteen slots, one cache line each; a key lives in one of two buckets and nowhere else, so a miss
// costs two lines. Lock-free: a slot is one 32-bit word, changed by compare-and-swap only. What it
// may fail to do: insertion fails when both buckets are full, which at the design load of one half
// does not happen by chance (the emptier bucket is taken once the first is crowded), and an
// attacker does not know the seed of the hash.
//
// A slot: committed (1) | tag (of the hash, as many bits as are left: 10 for a million sessions) |
// flow + 1. Zero is empty. A flow belongs to one opener until its session has ended and every loop
// has left the pass in which it could have seen it (EpochDomain), so the same word means the same
// flow; only its owner can put it into the slot once more, uncommitted, after it was removed there.
// A compare-and-swap that comes so late removes that claim, and the owner tries again.
//
// No two committed slots hold the same key. An inserter (1) claims an empty slot uncommitted,
// (2) looks at all 32 slots again, (3) commits by compare-and-swap. In (2) it yields to a committed slot of its key; of two uncommitted ones the one in the
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
    private const uint Committed = 1U << 31;
    private const int CrowdedBucket = 14;

    private readonly TableMemory _memory;
    private readonly uint* _slots;
    private readonly uint _buckets;
    private readonly int _flowBits;
    private readonly uint _flowMask;

    /// <summary>Makes an index for flows numbered from 0 to less than <paramref name="flows"/>, at
    /// a load of at most one half.</summary>
    public SessionIndex(int flows)
        : this(flows, Math.Max((flows + PerBucket - 1) / PerBucket, 2))
    {
    }

    /// <summary>As many flow numbers, and so many buckets, at least two.</summary>
    internal SessionIndex(int flows, int buckets)
    {
        _buckets = (uint)buckets;
        _flowBits = BitOperations.Log2((uint)flows) + 1;
        _flowMask = (1U << _flowBits) - 1;
        Bytes = (long)_buckets * Limits.BucketSlots * sizeof(uint);
        _memory = new TableMemory((nuint)Bytes);
        _slots = (uint*)_memory.Start;
    }

    private const int PerBucket = Limits.BucketSlots / 2;

    /// <summary>Bytes allocated for buckets.</summary>
    public long Bytes { get; }

    /// <summary>Asks the processor for the first bucket of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Bucket(First(hash)));
        }
    }

    /// <summary>The flow in the first slot with the hash's tag, or -1: a guess that the caller must
    /// verify.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(ulong hash)
    {
        uint* bucket = Bucket(First(hash));
        uint hits = Hits(bucket, ~_flowMask, Tag(hash) | Committed);
        if (hits != 0)
        {
            // Another flow's by now, perhaps: the caller compares keys.
            uint slot = Volatile.Read(ref bucket[BitOperations.TrailingZeroCount(hits)]);
            if ((slot & Committed) != 0)
            {
                return Flow(slot);
            }
        }
        return GuessAnywhere(hash);
    }

    /// <summary>The flow of the key, or -1. Only committed slots count.</summary>
    public int Find<TProbe>(ulong hash, TProbe probe) where TProbe : struct, IKeyProbe
    {
        int flow = Find(Bucket(First(hash)), hash, probe);
        return flow >= 0 ? flow : Find(Bucket(Second(hash)), hash, probe);
    }

    /// <summary>
    /// Inserts <paramref name="flow"/>, whose entry must be written completely. When the key is
    /// there already, <paramref name="existing"/> is its flow.
    /// </summary>
    public IndexInsert TryInsert<TProbe>(ulong hash, int flow, TProbe probe, out int existing)
        where TProbe : struct, IKeyProbe
    {
        existing = -1;
        uint claim = Tag(hash) | (uint)(flow + 1);
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
            ref uint slot = ref Slot(hash, position);
            if (Interlocked.CompareExchange(ref slot, claim, 0) != 0)
            {
                continue;
            }
            if (Prevails(hash, position, probe)
                && Interlocked.CompareExchange(ref slot, claim | Committed, claim) == claim)
            {
                return IndexInsert.Inserted;
            }
            Interlocked.CompareExchange(ref slot, 0, claim);
        }
        // Another loop is inserting the same key all this time: as good as full for this frame.
        return IndexInsert.Full;
    }

    /// <summary>Removes the flow; false when it is not there.</summary>
    public bool Remove(ulong hash, int flow)
    {
        uint word = Tag(hash) | Committed | (uint)(flow + 1);
        return Remove(Bucket(First(hash)), word) || Remove(Bucket(Second(hash)), word);
    }

    /// <summary>Returns the memory. Nobody may look any more.</summary>
    public void Dispose() => _memory.Dispose();

    private static bool Remove(uint* bucket, uint word)
    {
        uint hits = Hits(bucket, uint.MaxValue, word);
        return hits != 0
            && Interlocked.CompareExchange(
                ref bucket[BitOperations.TrailingZeroCount(hits)], 0, word) == word;
    }

    private int Find<TProbe>(uint* bucket, ulong hash, TProbe probe)
        where TProbe : struct, IKeyProbe
    {
        uint hits = Hits(bucket, ~_flowMask, Tag(hash) | Committed);
        for (; hits != 0; hits &= hits - 1)
        {
            uint slot = Volatile.Read(ref bucket[BitOperations.TrailingZeroCount(hits)]);
            if (IsTagged(slot, hash) && probe.Matches(Flow(slot)))
            {
                return Flow(slot);
            }
        }
        return -1;
    }

    // Step (2): true when no other slot of the key stands above this one.
    private bool Prevails<TProbe>(ulong hash, int position, TProbe probe)
        where TProbe : struct, IKeyProbe
    {
        uint tagMask = ~(_flowMask | Committed);
        uint hits = Hits(Bucket(First(hash)), tagMask, Tag(hash))
            | (Hits(Bucket(Second(hash)), tagMask, Tag(hash)) << Limits.BucketSlots);
        for (hits &= ~(1U << position); hits != 0; hits &= hits - 1)
        {
            int other = BitOperations.TrailingZeroCount(hits);
            ref uint slot = ref Slot(hash, other);
            uint value = Volatile.Read(ref slot);
            if (value == 0 || (value & tagMask) != Tag(hash) || !probe.Matches(Flow(value)))
            {
                continue;
            }
            if ((value & Committed) != 0 || other < position
                || Interlocked.CompareExchange(ref slot, 0, value) != value)
            {
                return false;
            }
        }
        return true;
    }

    private int EmptyPosition(ulong hash)
    {
        uint first = Hits(Bucket(First(hash)), uint.MaxValue, 0);
        int free = BitOperations.PopCount(first);
        if (Limits.BucketSlots - free >= CrowdedBucket)
        {
            uint second = Hits(Bucket(Second(hash)), uint.MaxValue, 0);
            if (BitOperations.PopCount(second) > free)
            {
                return Limits.BucketSlots + BitOperations.TrailingZeroCount(second);
            }
        }
        return free > 0 ? BitOperations.TrailingZeroCount(first) : -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int GuessAnywhere(ulong hash) => Find(hash, default(Any));

    // A tag is enough.
    private readonly struct Any : IKeyProbe
    {
        public bool Matches(int flow) => true;
    }

    // Which of a bucket's slots have the value under the mask. All sixteen at once: a loop's end is
    // mispredicted for nearly every frame. A vector is read without acquire, so the caller reads
    // the slot again before it follows it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hits(uint* bucket, uint mask, uint value)
        => (uint)Vector512.Equals(
            Vector512.LoadAligned(bucket) & Vector512.Create(mask), Vector512.Create(value))
            .ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsTagged(uint slot, ulong hash)
        => (slot & ~_flowMask) == (Tag(hash) | Committed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Tag(ulong hash) => ((uint)hash << _flowBits) & ~Committed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Flow(uint slot) => (int)(slot & _flowMask) - 1;

    // By multiplication, not by a mask: any number of buckets will do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint First(ulong hash) => (uint)(((hash >> 32) * _buckets) >> 32);

    // The second bucket always differs from the first.
    private uint Second(ulong hash)
    {
        uint second = First(hash) + 1 + (uint)(((uint)hash * (ulong)(_buckets - 1)) >> 32);
        return second < _buckets ? second : second - _buckets;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint* Bucket(uint number) => _slots + ((ulong)number * Limits.BucketSlots);

    private ref uint Slot(ulong hash, int position)
        => ref Bucket(position < Limits.BucketSlots ? First(hash) : Second(hash))[
            position & (Limits.BucketSlots - 1)];
}
