// Looks after the interfaces of the live ports on one thread of its own, about four times a second.
// Made by PortFactory. The thread belongs to the network namespace of the thread that starts it, so
// interfaces are opened again where they were opened first.

namespace PacketSwitch.PacketIo;

/// <summary>Notices interfaces that change and brings their ports back.</summary>
internal sealed class PortSupervisor : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Action<PortEvent> _report;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private LiveInterface[] _interfaces = [];

    public PortSupervisor(Action<PortEvent> report)
    {
        _report = report;
        _thread = new Thread(Run) { Name = "port supervisor", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Watches a port from now on. A port that was disposed is looked at without
    /// effect.</summary>
    public void Add(LiveInterface watched)
    {
        lock (_gate) _interfaces = [.. _interfaces, watched];
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
            LiveInterface[] interfaces;
            lock (_gate) interfaces = _interfaces;
            foreach (LiveInterface watched in interfaces) Look(watched);
        }
    }

    // One port's trouble, or a log that fails, must not end the care for the others.
    private void Look(LiveInterface watched)
    {
        try
        {
            watched.Supervise(Environment.TickCount64);
        }
        catch (Exception error)
        {
            Tell(new PortEvent(watched.PortId, PortEventKind.Note,
                $"port {watched.PortId}: interface {watched.Name} could not be looked at: {error.Message}"));
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
