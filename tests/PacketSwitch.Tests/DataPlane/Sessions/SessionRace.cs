// Two threads that open the same sessions at the same moment, key after key. Used by SessionStressTests. Half of the keys go to one real server
// from both (the server-side keys meet), half to two different ones (only the client-side keys meet).

using System.Collections.Concurrent;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane.Sessions;

internal sealed class SessionRace : IDisposable
{
    private const int Writers = 2;
    private const int KeysPerRound = 256;
    private const int Capacity = 4 * KeysPerRound;
    private const int MostWaits = 10_000_000;

    private readonly EpochDomain _epochs = new();
    private readonly SessionTable<Ipv4Address> _table;
    private readonly Barrier _barrier = new(Writers);
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly int[][] _won = [new int[KeysPerRound], new int[KeysPerRound]];
    private bool _stop;
    private long _rounds; // Written by: the first writer.
    private long _refused;
    private long _met;

    public SessionRace(int seed) => _table = new SessionTable<Ipv4Address>(Capacity, (ulong)seed, _epochs);

    public IEnumerable<string> Problems => _problems;

    /// <summary>Keys raced for.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Times an opening was refused though neither key was there in the end, and was tried again.</summary>
    public long Refused => _refused;

    /// <summary>Times one writer found the other's key.</summary>
    public long Shared => _met;

    public void Dispose()
    {
        _table.Dispose();
        _barrier.Dispose();
    }

    /// <summary>Races for the time given, and on until so many keys were raced for.</summary>
    public void Run(TimeSpan time, long leastRounds)
    {
        var threads = new Thread[Writers];
        for (int writer = 0; writer < Writers; writer++)
        {
            int number = writer;
            threads[writer] = new Thread(() => Race(number));
            threads[writer].Start();
        }
        Thread.Sleep(time);
        Patience.Until(() => Volatile.Read(ref _rounds) > leastRounds || !_problems.IsEmpty);
        Volatile.Write(ref _stop, true);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        CheckSlots();
    }

    // Every session has ended and every limbo list is empty: all slots can be had again, each once.
    private void CheckSlots()
    {
        var seen = new HashSet<int>();
        int session;
        while ((session = _table.Allocate()) >= 0)
        {
            if (!seen.Add(session))
            {
                _problems.Enqueue($"slot {session} was given out twice");
                return;
            }
        }
        if (_problems.IsEmpty && seen.Count != Capacity)
        {
            _problems.Enqueue($"{Capacity - seen.Count} of {Capacity} slots were lost");
        }
    }

    private void Race(int writer)
    {
        int epoch = _epochs.Register();
        var limbo = new SessionTable<Ipv4Address>.LimboList();
        bool go = true;
        while (go)
        {
            _barrier.SignalAndWait();
            for (int i = 0; i < KeysPerRound; i++)
            {
                _epochs.Enter(epoch);
                _won[writer][i] = Open(limbo, epoch, i, real: (i & 1) == 0 ? 0 : writer);
                _epochs.Exit(epoch);
            }
            _barrier.SignalAndWait();
            if (writer == 0)
            {
                CheckWinners();
            }
            _barrier.SignalAndWait();
            for (int i = 0; i < KeysPerRound; i++)
            {
                EndIfWon(limbo, writer, i);
            }
            _barrier.SignalAndWait();
            _table.Reclaim(limbo, Capacity);
            go = !Volatile.Read(ref _stop) && _problems.IsEmpty;
            // Both see the same answer: nobody changes it between the barriers.
            go = Agree(writer, go);
        }
    }

    private bool _goes = true;

    private bool Agree(int writer, bool go)
    {
        if (writer == 0)
        {
            _goes = go;
        }
        _barrier.SignalAndWait();
        return _goes;
    }

    // The session this writer opened, + 1; 0 when the other one has.
    private int Open(SessionTable<Ipv4Address>.LimboList limbo, int epoch, int number, int real)
    {
        FlowKey<Ipv4Address> key = TestFlows.ClientKey<Ipv4Address>(number);
        int waits = 0;
        while (true)
        {
            int session = _table.Allocate();
            if (session < 0 && ++waits == MostWaits)
            {
                _problems.Enqueue("no slot comes free: they were lost");
                return 0;
            }
            if (session < 0)
            {
                // Refused openings wait in limbo for as long as the other writer sleeps within its burst, and while it
                // sleeps on a claim every try is refused. A loop would drop the frame and end its burst.
                EndBurst(limbo, epoch);
                continue;
            }
            TestFlows.Fill(_table, session, key, real);
            SessionOpening opening = _table.Publish(session, limbo);
            if (opening == SessionOpening.Opened)
            {
                return session + 1;
            }
            if (opening == SessionOpening.ServerKeyExists)
            {
                _table.Return(session);
            }
            if (opening != SessionOpening.Full)
            {
                Interlocked.Increment(ref _met);
                // The other has the key, or has just given it up again: whoever finds no session tries once more.
                if (_table.Find(ref key, _table.Hash(ref key)) >= 0)
                {
                    return 0;
                }
            }
            Interlocked.Increment(ref _refused);
            _table.Reclaim(limbo, 1);
        }
    }

    private void EndBurst(SessionTable<Ipv4Address>.LimboList limbo, int epoch)
    {
        _epochs.Exit(epoch);
        Thread.Yield();
        _table.Reclaim(limbo, Capacity);
        _epochs.Enter(epoch);
    }

    private void CheckWinners()
    {
        for (int i = 0; i < KeysPerRound; i++)
        {
            int winners = (_won[0][i] != 0 ? 1 : 0) + (_won[1][i] != 0 ? 1 : 0);
            if (winners != 1)
            {
                _problems.Enqueue($"key {i} was opened by {winners}");
                return;
            }
            int session = Math.Max(_won[0][i], _won[1][i]) - 1;
            FlowKey<Ipv4Address> key = TestFlows.ClientKey<Ipv4Address>(i);
            if (_table.Find(ref key, _table.Hash(ref key)) != session * 2)
            {
                _problems.Enqueue($"key {i} does not lead to the session of who opened it");
            }
        }
        if (_table.Count != KeysPerRound)
        {
            _problems.Enqueue($"{KeysPerRound} sessions are open and {_table.Count} counted");
        }
        Volatile.Write(ref _rounds, _rounds + KeysPerRound);
    }

    private void EndIfWon(SessionTable<Ipv4Address>.LimboList limbo, int writer, int i)
    {
        if (_won[writer][i] == 0)
        {
            return;
        }
        int session = _won[writer][i] - 1;
        if (!_table.TryEnd(session))
        {
            _problems.Enqueue($"the session of key {i} had ended already");
            return;
        }
        _table.Retire(session, limbo);
    }
}
