// A whole switch for tests: the real control plane and one real loop over memory ports, run by hand with a clock that is told. Scenarios,
// fuzz and properties drive it; it is the switch of the replays with its verdicts kept and its announcements optional.

using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane;

/// <summary>Frames in by hand, frames out by hand, every verdict kept until it is taken.</summary>
internal sealed class TestSwitch : IDisposable
{
    private const ulong Seed = 0x7465_7374_7365_6564;
    private const long Second = 1_000_000_000;
    private const int MostPasses = 10_000;
    private const int Sessions = 4096;

    private readonly PortLoop<RecordingTracer> _loop;
    private readonly List<FrameInfo> _verdicts = [];
    private readonly WarningLog _log = new();

    /// <summary>Makes a switch whose ports are those of the configuration, in its order, at one second.</summary>
    /// <param name="config">A configuration without errors.</param>
    /// <param name="isLive">The switch announces and asks by itself, as <c>run</c> does.</param>
    /// <param name="hasHost">The last port is the host's own stack.</param>
    public TestSwitch(SwitchConfig config, bool isLive = false, bool hasHost = false)
    {
        Ports = [.. config.Ports.Select(port => new MemoryPort(port.Id))];
        Ports = hasHost ? [.. Ports, new MemoryPort(Limits.HostPortId)] : Ports;
        int[] ids = [.. Ports.Select(port => port.Id)];
        int capacity = config.System.Sessions == new SystemConfig().Sessions ? Sessions : config.System.Sessions;
        Mac = config.System.Mac?.Address ?? SwitchMacs.OfReplay;
        Tables = new SharedTables(capacity, Seed);
        Control = new ControlPlane(config, ids, Mac, Tables, _log, isLive);
        int[] served = [.. Enumerable.Range(0, ids.Length)];
        _loop = new PortLoop<RecordingTracer>(
            Ports, served, Tables, Control.Cell, new RecordingTracer(_verdicts));
        Control.Start([LoopLink.To(_loop, served, () => { })], NowNs);
        Settle();
    }

    /// <summary>To be told what health checks and operators would tell it; <see cref="Settle"/> after that.</summary>
    public ControlPlane Control { get; }

    public MemoryPort[] Ports { get; }
    public MacAddress Mac { get; }
    public SharedTables Tables { get; }

    /// <summary>Lines of warning that the control plane has written.</summary>
    public int Warnings => _log.Count;

    public LoopCounters Counters => _loop.Counters;
    public SwitchSnapshot Snapshot => Control.Cell.Current;

    /// <summary>The switch's clock, in nanoseconds.</summary>
    public long NowNs { get; private set; } = Second;

    /// <summary>Lets a frame in at a port, by index, and the switch run until nothing moves.</summary>
    public void Enter(int port, ReadOnlySpan<byte> frame, int wireLength = 0)
    {
        if (!Ports[port].Enqueue(frame, wireLength: wireLength))
        {
            throw new InvalidOperationException("the port's queue is full");
        }
        Settle();
    }

    /// <summary>Lets frames and messages run until nothing moves.</summary>
    public void Settle()
    {
        int passes = 0;
        while (_loop.RunOnce(NowNs) + Control.RunOnce(NowNs) > 0 || !_loop.Commands.IsEmpty)
        {
            if (++passes > MostPasses)
            {
                throw new InvalidOperationException("the switch does not come to rest");
            }
        }
        _loop.RunOnce(NowNs);
    }

    /// <summary>Moves the clock to a time, doing what is due on the way, and ends what has expired by then.</summary>
    public void AdvanceTo(long timeNs)
    {
        for (long due = NextDueNs(); due <= timeNs; due = NextDueNs())
        {
            NowNs = Math.Max(NowNs, due);
            Settle();
        }
        NowNs = Math.Max(NowNs, timeNs);
        Settle();
        _loop.SweepAll(NowNs);
    }

    /// <summary>The frames that left on a port, by index, since the last call.</summary>
    public List<byte[]> TakeSent(int port)
    {
        var frames = new List<byte[]>();
        while (Ports[port].TryTakeSent(out byte[] frame))
        {
            frames.Add(frame);
        }
        return frames;
    }

    /// <summary>The verdicts since the last call, in the order of the decisions.</summary>
    public FrameInfo[] TakeVerdicts()
    {
        FrameInfo[] taken = [.. _verdicts];
        _verdicts.Clear();
        return taken;
    }

    /// <summary>
    /// What must hold whenever the switch rests, or a sentence that says what does not: every frame is accounted for, no frame met an
    /// exception, and every session in the tables is counted at its real server.
    /// </summary>
    public string? FindImbalance()
    {
        long sum = Counters.Transmitted + Counters.Punted + Counters.DroppedTotal + Counters.Held;
        if (Counters.Received != sum)
        {
            return $"received {Counters.Received} is not transmitted {Counters.Transmitted} + punted {Counters.Punted}"
                + $" + dropped {Counters.DroppedTotal} + held {Counters.Held}";
        }
        if (Counters.Faults != 0 || Counters.Dropped[(int)DropReason.Internal] != 0)
        {
            return $"{Counters.Faults} frames met an exception";
        }
        if (_log.First is { } warning)
        {
            return $"the control plane warned: {warning}";
        }
        var inTables = new Dictionary<int, int>();
        CountSessions(Tables.Sessions4, inTables);
        CountSessions(Tables.Sessions6, inTables);
        for (int real = 0; real < Limits.MaxIdentifier; real++)
        {
            int counted = Tables.Loads.Current(real);
            int found = inTables.GetValueOrDefault(real);
            if (counted != found)
            {
                return $"real {real} counts {counted} sessions, the tables hold {found}";
            }
        }
        return inTables.Values.Sum() == Tables.SessionCount
            ? null : $"the tables count {Tables.SessionCount} sessions and hold {inTables.Values.Sum()}";
    }

    public void Dispose() => Tables.Dispose();

    private static void CountSessions<TAddress>(SessionTable<TAddress> table, Dictionary<int, int> found)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        for (int session = 0; session < table.Used; session++)
        {
            ref SessionState state = ref table.State(session);
            if (state.Phase == (int)SessionPhase.Live)
            {
                found[state.Real] = found.GetValueOrDefault(state.Real) + 1;
            }
        }
    }

    private long NextDueNs() => Math.Min(Control.NextDueNs, _loop.NextDeadlineNs);
}
