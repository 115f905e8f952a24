// A switch on ports that somebody else feeds, in one thread, with a clock that is told: the same
// data plane and control plane as live, with the same result on every run and machine. Driven by
// the replays; the clock never goes back.

using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>One loop over all ports and a control plane, by hand.</summary>
internal sealed class OfflineSwitch : IDisposable
{
    // Fixed, so that two runs agree; nobody attacks a replay.
    private const ulong Seed = 0x5061_636b_6574_5377;
    private const long Second = 1_000_000_000;
    private const int MostPasses = 10_000;

    private readonly ControlPlane _control;
    private readonly PortLoop<VerdictTracer> _loop;
    private long _sweptNs;

    /// <summary>Makes a switch whose clock stands at <paramref name="startNs"/>.</summary>
    public OfflineSwitch(
        SwitchConfig config, IReadOnlyList<IPacketPort> ports, VerdictTracer tracer, long startNs,
            ulong seed = Seed, bool isView = false)
    {
        int[] ids = [.. ports.Select(port => port.Id)];
        MacAddress mac = config.System.Mac?.Address ?? SwitchMacs.OfReplay;
        Tables = new SharedTables(config.System.Sessions, seed, isView);
        _control = new ControlPlane(config, ids, mac, Tables, NullLogger.Instance, isLive: false);
        int[] served = [.. Enumerable.Range(0, ports.Count)];
        _loop = new PortLoop<VerdictTracer>(ports, served, Tables, _control.Cell, tracer);
        NowNs = startNs;
        _sweptNs = startNs;
        tracer.Recorder?.Watch(Tables, () => NowNs);
        _control.Start([LoopLink.To(_loop, served, () => { })], startNs);
        Settle();
    }

    /// <summary>The switch's clock: nanoseconds, as in the captures.</summary>
    public long NowNs { get; private set; }

    public SharedTables Tables { get; }

    public LoopCounters Counters => _loop.Counters;

    /// <summary>Where its loop can be watched, as a live one.</summary>
    public WatchCell Watches => _loop.Watches;

    public SwitchSnapshot Snapshot => _control.Cell.Current;

    /// <summary>
    /// The control plane, for those who change health or configuration on the way.
    /// </summary>
    public ControlPlane Control => _control;

    /// <summary>
    /// Moves the clock forward, doing what is due on the way; a time in the past leaves it where it
    /// is.
    /// </summary>
    public void AdvanceTo(long timeNs)
    {
        for (long due = NextDueNs(); due <= timeNs; due = NextDueNs())
        {
            NowNs = Math.Max(NowNs, due);
            Settle();
        }
        NowNs = Math.Max(NowNs, timeNs);
        if (NowNs - _sweptNs >= Second)
        {
            _sweptNs = NowNs;
            _loop.SweepAll(NowNs);
        }
    }

    /// <summary>Lets frames and messages run until nothing moves.</summary>
    public void Settle()
    {
        int passes = 0;
        while (_loop.RunOnce(NowNs) + _control.RunOnce(NowNs) > 0 || !_loop.Commands.IsEmpty)
        {
            if (++passes > MostPasses)
            {
                throw new InvalidOperationException("the replayed switch does not come to rest");
            }
        }
        // A snapshot published in the last pass may release held frames.
        _loop.RunOnce(NowNs);
    }

    /// <summary>Waits for held frames to be decided.</summary>
    public void Finish()
    {
        while (Counters.Held > 0)
        {
            AdvanceTo(NowNs + Second);
        }
    }

    public void Dispose() => Tables.Dispose();

    private long NextDueNs() => Math.Min(_control.NextDueNs, _loop.NextDeadlineNs);
}
