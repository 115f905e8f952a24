// Threads on one session table, and the checks that each of them makes all the time. Used by SessionStressTests. Each writer owns a part of
// the keys and remembers what it has open; a reader looks any key up and holds on to what it found until its epoch ends.

using System.Collections.Concurrent;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane.Sessions;

internal sealed class SessionStress<TAddress> : IDisposable where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const int Capacity = 4096;
    private const int KeysPerWriter = 3000; // Together more than the capacity: the table is full at times.
    private const int Reals = 5;
    private const int Burst = 32;
    private const int MostProblems = 20;

    private readonly EpochDomain _epochs = new();
    private readonly RealLoads _loads = new();
    private readonly SessionTable<TAddress> _table;
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly int _seed;
    private readonly int[][] _open; // By writer and key: session + 1, or 0. Written by: its writer.
    private readonly int _readers;
    private volatile bool _stop;
    private long _opened;
    private long _ended;
    private long _full;
    private long _lookups;
    private long _hits;

    public SessionStress(int seed, int writers, int readers)
    {
        _seed = seed;
        _readers = readers;
        _table = new SessionTable<TAddress>(Capacity, (ulong)seed, _epochs);
        _open = new int[writers][];
        for (int writer = 0; writer < writers; writer++)
        {
            _open[writer] = new int[KeysPerWriter];
        }
    }

    public IEnumerable<string> Problems => _problems;
    public long Opened => Interlocked.Read(ref _opened);
    public long Ended => _ended;
    public long Full => _full;
    public long Lookups => _lookups;
    public long Hits => Interlocked.Read(ref _hits);

    public void Dispose() => _table.Dispose();

    /// <summary>Runs for the time given, and on until so many were opened and found.</summary>
    public void Run(TimeSpan time, long least)
    {
        var threads = new List<Thread>();
        for (int writer = 0; writer < _open.Length; writer++)
        {
            int number = writer;
            threads.Add(new Thread(() => Guarded(() => Write(number))));
        }
        for (int reader = 0; reader < _readers; reader++)
        {
            int number = reader;
            threads.Add(new Thread(() => Guarded(() => Read(number))));
        }
        threads.ForEach(thread => thread.Start());
        Thread.Sleep(time);
        Patience.Until(() => (Opened > least && Hits > least) || _stop);
        _stop = true;
        threads.ForEach(thread => thread.Join());
        CheckSums();
        EndAllAndCheck();
    }

    private void Guarded(Action body)
    {
        try
        {
            body();
        }
        catch (Exception problem)
        {
            Problem(problem.ToString());
        }
    }

    private void Write(int writer)
    {
        var random = new Random(_seed + writer);
        var limbo = new SessionTable<TAddress>.LimboList();
        int epoch = _epochs.Register();
        int[] open = _open[writer];
        while (!_stop)
        {
            _epochs.Enter(epoch);
            for (int i = 0; i < Burst; i++)
            {
                int number = random.Next(KeysPerWriter);
                if (open[number] == 0)
                {
                    Open(limbo, writer, number, random.Next(Reals));
                }
                else
                {
                    // What was opened is there until it is ended, whatever the others did meanwhile.
                    Check(Key(writer, number), open[number] - 1);
                    if (random.Next(3) > 0)
                    {
                        End(limbo, writer, number);
                    }
                }
            }
            _epochs.Exit(epoch);
            _table.Reclaim(limbo, Burst);
        }
        while (!limbo.IsEmpty)
        {
            _table.Reclaim(limbo, Capacity);
        }
    }

    private void Open(SessionTable<TAddress>.LimboList limbo, int writer, int number, int real)
    {
        FlowKey<TAddress> key = Key(writer, number);
        int session = _table.Allocate();
        if (session < 0)
        {
            Interlocked.Increment(ref _full);
            return;
        }
        TestFlows.Fill(_table, session, key, real);
        SessionOpening opening = _table.Publish(session, limbo);
        if (opening != SessionOpening.Opened)
        {
            Problem($"nobody else opens {writer}/{number}, yet: {opening}");
            return;
        }
        _loads.Opened(real);
        _open[writer][number] = session + 1;
        Interlocked.Increment(ref _opened);
        Check(key, session);
    }

    private void End(SessionTable<TAddress>.LimboList limbo, int writer, int number)
    {
        int session = _open[writer][number] - 1;
        if (!_table.TryEnd(session))
        {
            Problem($"nobody else ends {writer}/{number}, yet it had ended");
            return;
        }
        _loads.Ended(_table.State(session).Real);
        _table.Retire(session, limbo);
        _open[writer][number] = 0;
        Interlocked.Increment(ref _ended);
        FlowKey<TAddress> key = Key(writer, number);
        if (_table.Find(ref key, _table.Hash(ref key)) >= 0)
        {
            Problem($"{writer}/{number} is found after its end");
        }
    }

    private void Check(FlowKey<TAddress> key, int session)
    {
        ulong hash = _table.Hash(ref key);
        int flow = _table.Find(ref key, hash, _table.Guess(hash));
        FlowKey<TAddress> answer = TestFlows.ServerKey(key, _table.State(session).Real);
        int back = _table.Find(ref answer, _table.Hash(ref answer));
        // A guess may miss a slot that moves at that very moment; the full search may not.
        if ((flow >= 0 && flow != session * 2) || _table.Find(ref key, hash) != session * 2 || back != (session * 2) + 1)
        {
            Problem($"session {session} is open and found as {flow} and {back}");
        }
    }

    private void Read(int reader)
    {
        var random = new Random(_seed + 1000 + reader);
        int epoch = _epochs.Register();
        var held = new int[Burst];
        var keys = new FlowKey<TAddress>[Burst];
        while (!_stop)
        {
            _epochs.Enter(epoch);
            int count = 0;
            for (int i = 0; i < Burst; i++)
            {
                FlowKey<TAddress> key = Key(random.Next(_open.Length), random.Next(KeysPerWriter));
                key = random.Next(2) == 0 ? key : TestFlows.ServerKey(key, random.Next(Reals));
                ulong hash = _table.Hash(ref key);
                int flow = _table.Find(ref key, hash, _table.Guess(hash));
                if (flow >= 0)
                {
                    held[count] = flow;
                    keys[count++] = key;
                }
            }
            // All that was found stays what it is until the epoch ends.
            for (int i = 0; i < count; i++)
            {
                CheckContent(held[i], keys[i]);
            }
            _epochs.Exit(epoch);
            Interlocked.Add(ref _lookups, Burst);
            Interlocked.Add(ref _hits, count);
        }
    }

    private void CheckContent(int flow, FlowKey<TAddress> key)
    {
        FlowEntry<TAddress> entry = _table.Entry(flow);
        FlowEntry<TAddress> peer = _table.Entry(flow ^ 1);
        int real = _table.State(flow >> 1).Real;
        FlowKey<TAddress> client = (flow & 1) == 0 ? entry.Key : peer.Key;
        FlowKey<TAddress> expected = TestFlows.ServerKey(client, real);
        FlowKey<TAddress> server = (flow & 1) == 0 ? peer.Key : entry.Key;
        bool right = FlowKey<TAddress>.Equal(ref entry.Key, ref key)
            && FlowKey<TAddress>.Equal(ref server, ref expected)
            // What leaves is the other direction's key, turned round.
            && entry.Rewrite.Source.Equals(peer.Key.Destination) && entry.Rewrite.Destination.Equals(peer.Key.Source)
            && entry.Rewrite.SourcePort == peer.Key.DestinationPort
            && entry.Rewrite.DestinationPort == peer.Key.SourcePort;
        if (!right)
        {
            Problem($"flow {flow} was found for a key and belongs to another");
        }
    }

    private void CheckSums()
    {
        int open = _open.Sum(writer => writer.Count(session => session != 0));
        var byReal = new int[Reals];
        int live = 0;
        for (int session = 0; session < _table.Used; session++)
        {
            if (_table.IsLive(session))
            {
                live++;
                byReal[_table.State(session).Real]++;
            }
        }
        if (_table.Count != open || live != open)
        {
            Problem($"{open} sessions are open, the table counts {_table.Count} and holds {live}");
        }
        for (int real = 0; real < Reals; real++)
        {
            if (_loads.Current(real) != byReal[real])
            {
                Problem($"real {real} counts {_loads.Current(real)} sessions and has {byReal[real]}");
            }
        }
    }

    private void EndAllAndCheck()
    {
        var limbo = new SessionTable<TAddress>.LimboList();
        for (int writer = 0; writer < _open.Length; writer++)
        {
            for (int number = 0; number < KeysPerWriter; number++)
            {
                if (_open[writer][number] != 0)
                {
                    Check(Key(writer, number), _open[writer][number] - 1);
                    End(limbo, writer, number);
                }
            }
        }
        _table.Reclaim(limbo, Capacity);
        int free = 0;
        while (_table.Allocate() >= 0)
        {
            free++;
        }
        if (free != Capacity || _table.Count != 0)
        {
            Problem($"after all sessions ended {free} of {Capacity} slots are free and {_table.Count} are counted");
        }
    }

    private static FlowKey<TAddress> Key(int writer, int number)
        => TestFlows.ClientKey<TAddress>((writer * KeysPerWriter) + number);

    private void Problem(string text)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Enqueue(text);
        }
        _stop = true;
    }
}
