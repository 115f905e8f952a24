// Looks after the interfaces of the live ports on one thread of its own, about four times a second.
// Made by PortFactory. The thread belongs to the network namespace of the thread that starts it, so
// interfaces are opened again where they were opened first.

namespace PacketSwitch.PacketIo;

/// <summary>Notices interfaces that change and brings their ports back.</summary>
internal sealed class PortSupervisor : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Action<PortEvent> _report;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private LivePort[] _ports = [];

    public PortSupervisor(Action<PortEvent> report)
    {
        _report = report;
        _thread = new Thread(Run) { Name = "port supervisor", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Watches a port from now on. A port that was disposed is looked at without
    /// effect.</summary>
    public void Add(LivePort port)
    {
        lock (_gate) _ports = [.. _ports, port];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        if (Thread.CurrentThread != _thread) _thread.Join(StopTimeout);
    }

    private void Run()
    {
        while (!_stop.Wait(IoLimits.SupervisePeriodMs))
        {
            LivePort[] ports;
            lock (_gate) ports = _ports;
            foreach (LivePort port in ports) Look(port);
        }
    }

    // One port's trouble, or a log that fails, must not end the care for the others.
    private void Look(LivePort port)
    {
        try
        {
            port.Supervise(Environment.TickCount64);
        }
        catch (Exception error)
        {
            Tell(new PortEvent(port.Id, PortEventKind.Note,
                $"port {port.Id}: interface {port.Name} could not be looked at: {error.Message}"));
        }
    }

    private void Tell(PortEvent happened)
    {
        try
        {
            _report(happened);
        }
        catch (Exception)
        {
            // The log itself failed; there is nobody left to tell.
        }
    }
}
