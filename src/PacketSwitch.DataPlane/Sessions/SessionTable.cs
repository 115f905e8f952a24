// The session table of one address family: sessions of two flow entries and a shared state, found by either
// flow's key. Used by Forwarder (find, touch), SessionOpener (open), PortLoop (sweep) and read by control. Capacity is fixed;
// memory is taken once; readers never block; opening and ending are lock-free.
//
// Memory order. Open: entries and state are written, then the index slots are published by compare-and-swap (release); a finder
// reads the slot with acquire before it reads the entry, so it sees it whole. End: the one loop that moves Phase from Live to
// Ending unlinks both keys and stamps the session with an epoch (EpochDomain); its slot is reused only when every loop has left
// the burst in which it could have found it. So an entry that a loop has found stays what it is until the end of that burst.
// The server's key is published before the client's, and Phase becomes Live after both: a session that is still Opening can
// forward but cannot be ended.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>How opening a session ended.</summary>
public enum SessionOpening
{
    Opened,

    /// <summary>Another loop has just opened a session with this client-side key.</summary>
    ClientKeyExists,

    /// <summary>Another session has this server-side key (ALTEON.md section 7, <c>tuple-in-use</c>).</summary>
    ServerKeyExists,

    /// <summary>No slot, or no place in the index.</summary>
    Full,
}

/// <summary>Sessions of one address family. Flow numbers are session * 2 + side.</summary>
public sealed unsafe partial class SessionTable<TAddress> : IDisposable where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const int StateBytes = 64;
    private static readonly int EntryBytes = (sizeof(FlowEntry<TAddress>) + 63) & ~63;

    private readonly EpochDomain _epochs;
    private readonly SessionIndex _index;
    private readonly TableMemory _memory;
    private readonly byte* _entries;
    private readonly nint _sideBytes;
    private readonly byte* _states;
    private readonly ulong _seed;
    private readonly FreeList _free = new();
    private int _used;       // Written by: any opener (interlocked). Slots below it have been given out at least once.
    private int _shortestIdle = int.MaxValue; // Written by: any opener (interlocked).
    private int _count;      // Written by: any loop (interlocked). Sessions that are live.

    /// <summary>Takes memory for <paramref name="capacity"/> sessions; pages are touched as they are used.</summary>
    public SessionTable(int capacity, ulong seed, EpochDomain epochs)
    {
        Capacity = capacity;
        _seed = seed;
        _epochs = epochs;
        _index = new SessionIndex(2 * capacity);
        _sideBytes = (nint)capacity * EntryBytes;
        _memory = new TableMemory((nuint)TableBytes);
        _entries = _memory.Start;
        _states = _entries + (2 * _sideBytes);
    }

    /// <summary>The most sessions there can be.</summary>
    public int Capacity { get; }

    /// <summary>Live sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Session slots that a sweep must look at: all below this.</summary>
    public int Used => Math.Min(Volatile.Read(ref _used), Capacity);

    /// <summary>Bytes allocated, index included.</summary>
    public long Bytes => TableBytes + _index.Bytes;

    private long TableBytes => (2 * _sideBytes) + ((long)Capacity * StateBytes);

    /// <summary>The hash of a key in this table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ref FlowKey<TAddress> key) => FlowKey<TAddress>.Hash(ref key, _seed);

    /// <summary>First pass: asks the processor for the bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash) => _index.Prefetch(hash);

    /// <summary>Second pass: guesses the flow by its tag and asks the processor for its entry;
    /// for the shared state too unless the entry is likely to do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(ulong hash, bool entryOnly = false)
    {
        int flow = _index.Guess(hash);
        if (Sse.IsSupported && flow >= 0)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Entry(flow)));
            if (!entryOnly)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref State(flow >> 1)));
            }
        }
        return flow;
    }

    /// <summary>Third pass: the flow of the key, from its guess where that was right; -1 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref FlowKey<TAddress> key, ulong hash, int guess)
    {
        if (guess < 0)
        {
            return -1;
        }
        // A session that ended since the guess (a SYN earlier in the burst reopened it) still has its key in its slot.
        bool right = FlowKey<TAddress>.Equal(ref Entry(guess).Key, ref key)
            && State(guess >> 1).Phase != (int)SessionPhase.Ending;
        return right ? guess : Find(ref key, hash);
    }

    /// <summary>The flow of the key, or -1.</summary>
    public int Find(ref FlowKey<TAddress> key, ulong hash) => _index.Find(hash, new Probe(this, ref key));

    /// <summary>The entry of a flow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref FlowEntry<TAddress> Entry(int flow)
        => ref *(FlowEntry<TAddress>*)(
            _entries + ((long)(flow >> 1) * EntryBytes) + (-(flow & 1) & _sideBytes));

    /// <summary>The shared state of a session.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SessionState State(int session)
        => ref *(SessionState*)(_states + ((long)session * StateBytes));

    /// <summary>Gives out a free slot for a new session, or -1. The caller fills it and publishes or returns it.</summary>
    public int Allocate()
    {
        int session = _free.Pop(this);
        if (session < 0)
        {
            if (Volatile.Read(ref _used) >= Capacity)
            {
                return -1;
            }
            session = Interlocked.Increment(ref _used) - 1;
            if (session >= Capacity)
            {
                return -1;
            }
        }
        State(session).Phase = (int)SessionPhase.Opening;
        return session;
    }

    /// <summary>Gives a slot back that was never published.</summary>
    public void Return(int session)
    {
        State(session).Phase = (int)SessionPhase.Free;
        _free.Push(this, session);
    }

    /// <summary>
    /// Makes a filled session findable. On <see cref="SessionOpening.ServerKeyExists"/> the slot stays the caller's, to
    /// fill differently or to <see cref="Return"/>; on any other failure it is taken back.
    /// </summary>
    public SessionOpening Publish(int session, LimboList limbo)
    {
        bool oneSided = (State(session).Flags & SessionFlags.OneSided) != 0;
        if (!oneSided)
        {
            IndexInsert server = Insert((session * 2) + 1);
            if (server == IndexInsert.Exists)
            {
                return SessionOpening.ServerKeyExists;
            }
            if (server == IndexInsert.Full)
            {
                Return(session);
                return SessionOpening.Full;
            }
        }
        IndexInsert client = Insert(session * 2);
        if (client == IndexInsert.Inserted)
        {
            Interlocked.Increment(ref _count);
            Volatile.Write(ref State(session).Phase, (int)SessionPhase.Live);
            return SessionOpening.Opened;
        }
        if (!oneSided)
        {
            Remove((session * 2) + 1);
        }
        // The server's key could be found for a moment: the slot waits like any ended session.
        Retire(session, limbo);
        return client == IndexInsert.Exists ? SessionOpening.ClientKeyExists : SessionOpening.Full;
    }

    /// <summary>
    /// Ends a live session: true for exactly one caller, which must pass the session to <see cref="Retire"/> when it
    /// has read what it needs.
    /// </summary>
    public bool TryEnd(int session)
    {
        int live = (int)SessionPhase.Live;
        if (Interlocked.CompareExchange(ref State(session).Phase, (int)SessionPhase.Ending, live) != live)
        {
            return false;
        }
        Unsettle(session);
        Remove(session * 2);
        if ((State(session).Flags & SessionFlags.OneSided) == 0)
        {
            Remove((session * 2) + 1);
        }
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>Puts an unlinked session into the loop's limbo list, to be reused when nobody can hold it.</summary>
    public void Retire(int session, LimboList limbo)
    {
        State(session).RetiredAt = _epochs.Stamp();
        limbo.Append(this, session);
    }

    /// <summary>Frees up to <paramref name="most"/> sessions of the list that nobody can hold any more.</summary>
    public void Reclaim(LimboList limbo, int most)
    {
        if (limbo.IsEmpty)
        {
            return;
        }
        long reusable = _epochs.Reusable();
        while (most-- > 0 && limbo.TryTake(this, reusable, out int session))
        {
            Return(session);
        }
    }

    /// <summary>True when the session is open; what is read of it afterwards belongs to it.</summary>
    public bool IsLive(int session) => Volatile.Read(ref State(session).Phase) == (int)SessionPhase.Live;

    /// <summary>True when the session has been silent for its timeout.</summary>
    public bool IsExpired(int session, uint now)
    {
        uint timeout = State(session).TimeoutTicks;
        return Age(Entry(session * 2).LastSeen, now) >= timeout
            && Age(Entry((session * 2) + 1).LastSeen, now) >= timeout;
    }

    /// <summary>Ticks since a moment; 0 when it lies ahead (another loop's clock reading is newer).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Age(uint moment, uint now) => (int)(now - moment) < 0 ? 0 : now - moment;

    /// <summary>Returns the memory. No loop may run any more.</summary>
    public void Dispose()
    {
        _index.Dispose();
        _memory.Dispose();
    }

    private IndexInsert Insert(int flow)
    {
        ref FlowKey<TAddress> key = ref Entry(flow).Key;
        return _index.TryInsert(Hash(ref key), flow, new Probe(this, ref key), out _);
    }

    private void Remove(int flow)
    {
        ref FlowKey<TAddress> key = ref Entry(flow).Key;
        _index.Remove(Hash(ref key), flow);
    }

    // Compares the key of a flow with the one looked for, during one call on this thread's stack.
    private readonly struct Probe(SessionTable<TAddress> table, ref FlowKey<TAddress> key) : IKeyProbe
    {
        private readonly FlowKey<TAddress> _key = key;

        public bool Matches(int flow)
        {
            FlowKey<TAddress> key = _key;
            return FlowKey<TAddress>.Equal(ref table.Entry(flow).Key, ref key);
        }
    }
}
