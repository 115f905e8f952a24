// The live switch: ports, tables, loops and their threads, the control plane and its thread. Composed here, run by the run command.

using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Control.Live;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Running;

/// <summary>A switch on network interfaces.</summary>
internal sealed class LiveSwitch : IDisposable
{
    // All threads together, and all ports together: a service manager is promised an end within a
    // second.
    private static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan FirstChecksStep = TimeSpan.FromMilliseconds(2);
    private const long FirstChecksNs = 1_000_000_000;
    private static readonly TimeSpan CloseTime = TimeSpan.FromMilliseconds(400);

    private readonly ILoggerFactory _logs;
    private readonly ILogger _logger;
    private readonly PortFactory _factory;
    private readonly IPacketPort[] _ports;
    private readonly SharedTables _tables;
    private readonly ControlPlane _control;
    private readonly ControlThread _controlThread;
    private readonly IReadOnlyList<LoopPlan> _plans;
    private readonly PortLoop<NoTracer>[] _loops;
    private readonly PortLoopThread[] _threads;
    private readonly HostSide _host;
    private bool _isStopped;

    private LiveSwitch(
        SwitchConfig config, ILoggerFactory logs, PortFactory factory, IPacketPort[] ports, ILogger logger)
    {
        _logs = logs;
        _logger = logger;
        _factory = factory;
        MacAddress mac = SwitchMacs.Choose(config.System, ports[0].HardwareAddress);
        _host = HostSide.Open(config, mac, ports, logger);
        ports = _host.Port is { } host ? [.. ports, host] : ports;
        _ports = ports;
        _tables = new SharedTables(config.System.Sessions, Seed())
        {
            Offloaded = factory.Flows is { } flows ? new OffloadTable(flows) : null,
            PortPools = new PortPools((uint)Seed()),
        };
        int[] ids = [.. ports.Select(port => port.Id)];
        _control = new ControlPlane(config, ids, mac, _tables, logs.CreateLogger("control"));
        _controlThread = new ControlThread(_control, e => RunLog.ControlFailed(logger, e.Message));
        // The host port is no port of the configuration, and has a loop like any other.
        _plans = LoopPlan.For(
            [.. ports.Select(port => config.FindPort(port.Id)?.Cpu)],
            [.. ports.Select(port => port is RingPort ring ? ring.Lanes : 1)],
            Environment.ProcessorCount);
        _loops = new PortLoop<NoTracer>[_plans.Count];
        _threads = new PortLoopThread[_plans.Count];
        for (int i = 0; i < _plans.Count; i++)
        {
            LoopPlan plan = _plans[i];
            IPacketPort[] lanes = [.. ports.Select(port => LaneOf(port, plan.Lane))];
            var loop = new PortLoop<NoTracer>(
                lanes, plan.Ports, _tables, _control.Cell, default, i, _plans.Count);
            string name = "port " + string.Join(", ", plan.Ports.Select(port => ids[port]))
                + (plan.Lane > 0 ? $" loop {plan.Lane + 1}" : "");
            _loops[i] = loop;
            _threads[i] = new PortLoopThread(
                name, () => Pass(loop), [.. plan.Ports.Select(port => lanes[port])],
                e => RunLog.LoopFailed(logger, name, e.Message), cpu: plan.Cpu);
        }
    }

    /// <summary>Opens every port of the configuration, in the order of their numbers.</summary>
    public static bool TryOpen(
        SwitchConfig config, PortKind kind, TextWriter errors, out LiveSwitch? live, out PortProblem? problem)
    {
        live = null;
        problem = null;
        ILoggerFactory logs = new LoggerFactory([new LineLogger(errors)]);
        ILogger logger = logs.CreateLogger("switch");
        var factory = new PortFactory(change => RunLog.Port(logger, change));
        if (config.System.Offload)
        {
            factory.AllowOffload();
        }
        var ports = new List<IPacketPort>();
        foreach (PortConfig port in config.Ports)
        {
            if (!factory.TryOpen(kind, port.Id, port.Interface, out IPacketPort? opened,
                out problem, port.Loops))
            {
                factory.Dispose();
                ports.ForEach(open => open.Dispose());
                logs.Dispose();
                return false;
            }
            ports.Add(opened!);
        }
        if (factory.Choice.Length > 0)
        {
            RunLog.Backend(logger, factory.Choice);
        }
        live = new LiveSwitch(config, logs, factory, [.. ports], logger);
        return true;
    }

    /// <summary>Starts to forward.</summary>
    public void Start()
    {
        var links = new List<LoopLink>();
        for (int i = 0; i < _loops.Length; i++)
        {
            links.Add(LoopLink.To(_loops[i], _plans[i].Ports, _threads[i].Wake));
            _threads[i].Start();
        }
        _control.ConfigChanged = _host.Follow;
        _control.StartHealth(_host.Path, new Random());
        _control.Start(links, ControlThread.Now());
        _controlThread.Start();
        // Whoever is told to end on a busy machine should not have to compile first.
        _ = Figures();
    }

    /// <summary>Has the kernel carry long connections from now on, where that was asked for and is
    /// to be had.</summary>
    public void BeginOffload()
    {
        _factory.BeginOffload();
        if (_factory.OffloadObstacle.Length > 0)
        {
            RunLog.NoOffload(_logger, _factory.OffloadObstacle);
        }
    }

    /// <summary>
    /// Returns when the first health checks are in, so that who is told READY finds the servers in service; after a
    /// second all the same, because a server that is silent must not hold up the others. A stop ends the wait.
    /// </summary>
    public void AwaitFirstChecks(StopSignals stop)
    {
        long began = ControlThread.Now();
        int settled = 0;
        // Twice in a row: a result counts a moment before the control plane is told of it.
        while (settled < 2 && ControlThread.Now() - began < FirstChecksNs && !stop.Wait(FirstChecksStep))
        {
            Task<bool> asked = _control.Mailbox.Ask(_ => _control.AreFirstChecksIn);
            settled = asked.Wait(StopTime) && asked.Result ? settled + 1 : 0;
        }
    }

    /// <summary>
    /// Ends the threads. All are asked at once: a busy loop takes the processor from the others.
    /// </summary>
    public void Stop()
    {
        _isStopped = true;
        foreach (PortLoopThread thread in _threads)
        {
            thread.BeginStop();
        }
        _control.StopHealth();
        _controlThread.AskToStop();
        long end = Environment.TickCount64 + (long)StopTime.TotalMilliseconds;
        foreach (PortLoopThread thread in _threads)
        {
            thread.Stop(Left(end));
        }
        if (Array.TrueForAll(_threads, thread => thread.HasEnded))
        {
            _loops[0].EndOffload(ControlThread.Now());
        }
        _controlThread.Stop(Left(end));
    }

    /// <summary>The running switch, for the control socket. Its loops have been started.</summary>
    public LiveView View(LiveConfig config) => new(
        _control, config, _tables, [.. _loops.Select(loop => loop.Counters)], _ports, ControlThread.Now)
    {
        Watches = [.. _loops.Select(loop => loop.Watches)],
    };

    /// <summary>The control plane: what runs and what is noted.</summary>
    public ControlPlane Control => _control;

    /// <summary>A logger of the switch.</summary>
    public ILogger Logger(string name) => _logs.CreateLogger(name);

    /// <summary>One line: what became of the frames.</summary>
    public string Figures() => SwitchFigures.Line([.. _loops.Select(loop => loop.Counters)], _ports);

    public void Dispose()
    {
        if (!_isStopped)
        {
            Stop();
        }
        _factory.Dispose();
        bool allEnded = Array.TrueForAll(_threads, thread => thread.HasEnded);
        foreach (PortLoopThread thread in _threads.Where(thread => thread.HasEnded))
        {
            thread.Dispose();
        }
        _host.Dispose();
        ClosePorts();
        if (allEnded)
        {
            // A loop that does not end may still look into them; the process is at its end.
            _factory.Flows?.Dispose();
            _tables.Dispose();
        }
        _logs.Dispose();
    }

    // Side by side: to close a capture and to restore an interface waits for locks of the kernel,
    // which a machine that changes its network holds for long. What is not closed in time the
    // kernel closes with the process.
    private void ClosePorts()
    {
        Thread[] closers = [.. _ports.Select(port => new Thread(port.Dispose) { IsBackground = true })];
        long end = Environment.TickCount64 + (long)CloseTime.TotalMilliseconds;
        foreach (Thread closer in closers)
        {
            closer.Start();
        }
        foreach (Thread closer in closers)
        {
            closer.Join(Left(end));
        }
    }

    private static TimeSpan Left(long end)
        => TimeSpan.FromMilliseconds(Math.Max(0, end - Environment.TickCount64));

    // A port of one lane is sent to as it is.
    private static IPacketPort LaneOf(IPacketPort port, int lane)
        => port is RingPort ring && lane < ring.Lanes ? ring.Lane(lane) : port;

    private int Pass(PortLoop<NoTracer> loop)
    {
        int handled = loop.RunOnce(ControlThread.Now());
        if (!loop.Punts.IsEmpty)
        {
            _controlThread.Wake();
        }
        return handled;
    }

    // The session hash is seeded at random, so that nobody can aim at one bucket.
    private static ulong Seed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
}
