// The engine under measurement: one PortLoop with a client port and a server port in memory, a virtual
// service over a few real servers, and as many TCP clients as asked for. Driven by BenchCommand and by the
// benchmarks of bench/; it measures nothing but the time of its own passes.
//
// What a figure holds. A pass receives one burst, decides it and sends it: Run takes the time of exactly that.
// Before it, Fill... writes the next 64 frames into the 64 slots of a BenchPort; those stay in the
// first-level cache, as the frames of a network card that places them there do. A million frames prepared in
// advance would add a cache miss for each frame's own bytes, which is the machine's figure and not the engine's. The
// flows follow each other in a shuffled order, so that every session is as far from the last as it can be.

using System.Diagnostics;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

/// <summary>An engine with clients and real servers, and no network card.</summary>
public sealed class EngineHarness : IDisposable
{
    /// <summary>Frames of one pass.</summary>
    public const int BurstFrames = Limits.BurstFrames;

    private const int ClientPort = 0;
    private const int ServerPort = 1;
    private const ulong HashSeed = 0x5eed;
    private const int ShuffleSeed = 1;

    // Longer than any session lives.
    private const long LongAfterNs = 3_600_000_000_000;

    private readonly BenchPort _clients;
    private readonly BenchPort _servers;
    private readonly FrameBurst _unused = new();
    private readonly PortLoop<NoTracer> _loop;
    private readonly BenchFrame _syn;
    private readonly BenchFrame _data;
    private readonly int[] _order;
    private long _skippedNs = 1_000_000_000;
    private int _nextKnown;
    private int _nextNew;

    /// <summary>Makes an engine; no session is open yet.</summary>
    /// <param name="flows">How many different clients there are; rounded up to whole bursts.</param>
    /// <param name="frameBytes">Bytes of a client's frame, the frame check sequence not counted.</param>
    public EngineHarness(int flows, int frameBytes)
    {
        Flows = (flows + BurstFrames - 1) / BurstFrames * BurstFrames;
        // With room to spare: a table that is nearly full lets its oldest half-open sessions go.
        Tables = new SharedTables(Math.Max(Flows + (Flows / 16), Limits.DefaultSessions), HashSeed);
        _clients = new BenchPort(8, "clients", frameBytes);
        _servers = new BenchPort(1, "servers", frameBytes);
        var cell = new SnapshotCell(BenchNetwork.Snapshot());
        _loop = new PortLoop<NoTracer>(
            [_clients, _servers], [ClientPort, ServerPort], Tables, cell, default);
        _syn = new BenchFrame(TcpFlags.Syn, frameBytes);
        _data = new BenchFrame(TcpFlags.Ack | TcpFlags.Psh, frameBytes);
        _order = new int[Flows];
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }
        new Random(ShuffleSeed).Shuffle(_order);
    }

    /// <summary>Clients.</summary>
    public int Flows { get; }

    /// <summary>The engine's tables.</summary>
    public SharedTables Tables { get; }

    /// <summary>Where the engine can be watched.</summary>
    public WatchCell Watches => _loop.Watches;

    /// <summary>What the engine counted.</summary>
    public LoopCounters Counters => _loop.Counters;

    /// <summary>
    /// Time of all passes so far, in nanoseconds; also the engine's clock, so that no session ends of age while the machine does
    /// something else.
    /// </summary>
    public long EngineNs { get; private set; }

    /// <summary>Puts frames of the next 64 known flows, in their shuffled order, on the client port.</summary>
    public void FillKnown()
    {
        for (int i = 0; i < BurstFrames; i++)
        {
            _clients.Add(_data.Write(_clients.Next, _order[_nextKnown + i]));
        }
        _nextKnown = _nextKnown + BurstFrames < Flows ? _nextKnown + BurstFrames : 0;
    }

    /// <summary>Puts the SYNs of the next 64 flows that have no session on the client port; false when all have one.</summary>
    public bool TryFillNew()
    {
        if (_nextNew == Flows)
        {
            return false;
        }
        for (int i = 0; i < BurstFrames; i++)
        {
            _clients.Add(_syn.Write(_clients.Next, _order[_nextNew + i]));
        }
        _nextNew += BurstFrames;
        return true;
    }

    /// <summary>Takes back what was filled, without deciding it: what preparing alone costs.</summary>
    public int Discard()
    {
        int count = _clients.Receive(_unused);
        _clients.Release(_unused);
        return count;
    }

    /// <summary>One pass of the engine over what was filled. Returns its time in nanoseconds.</summary>
    public long Run()
    {
        long start = Stopwatch.GetTimestamp();
        _loop.RunOnce(EngineNs + _skippedNs);
        long taken = Nanoseconds(Stopwatch.GetTimestamp() - start);
        EngineNs += taken;
        return taken;
    }

    /// <summary>Opens the sessions that are not open, and completes the handshake of all.</summary>
    public void OpenAll()
    {
        while (TryFillNew())
        {
            Run();
        }
        for (int flow = 0; flow < Flows; flow += BurstFrames)
        {
            for (int i = 0; i < BurstFrames; i++)
            {
                _servers.Add(BenchNetwork.WriteSynAck(_servers.Next, ServerKey(flow + i)));
            }
            Run();
        }
        for (int flow = 0; flow < Flows; flow += BurstFrames)
        {
            FillKnown();
            Run();
        }
        // In the order in which they were opened the sessions lie one after the other in memory.
        new Random(ShuffleSeed + 1).Shuffle(_order);
    }

    /// <summary>Lets so much time pass that every session ends, and frees their slots.</summary>
    public void EndAll()
    {
        _skippedNs += LongAfterNs;
        _loop.SweepAll(EngineNs + _skippedNs);
        for (int flow = 0; flow < Flows; flow += BurstFrames)
        {
            Run();
        }
        _nextNew = 0;
    }

    /// <summary>Returns the tables' memory.</summary>
    public void Dispose()
    {
        Tables.Dispose();
        _clients.Dispose();
        _servers.Dispose();
    }

    // The server's side of a flow: whichever real server the engine has picked.
    private FlowKey<Ipv4Address> ServerKey(int flow)
    {
        FlowKey<Ipv4Address> key = BenchNetwork.ClientKey(flow);
        SessionTable<Ipv4Address> table = Tables.Sessions4;
        int found = table.Find(ref key, table.Hash(ref key));
        return found >= 0
            ? table.Entry(found ^ 1).Key
            : throw new InvalidOperationException($"flow {flow} has no session");
    }

    private static long Nanoseconds(long timestamp)
        => Stopwatch.Frequency == 1_000_000_000
            ? timestamp : (long)(timestamp * (1_000_000_000.0 / Stopwatch.Frequency));
}
