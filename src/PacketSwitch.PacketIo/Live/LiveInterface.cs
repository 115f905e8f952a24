// The network interface behind a live port of either backend: opens it, follows it when it goes down, disappears, is
// renamed or comes back, and says each change in one line. The supervisor's thread and the owner
// call it under its lock; loops only read Handle, IsUp and Mtu, and hold the handle while they use
// it (the argument stands in PortHandle).

using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>An interface of the host and its present handle.</summary>
internal sealed class LiveInterface : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PortBackend _backend;
    private readonly LivePortOptions _options;
    private readonly Action<PortEvent> _report;
    private readonly InterfaceProbe _probe;
    private readonly InterfaceOffloads _offloads;
    private readonly PacketSteering _steering;

    // Written by: whoever holds _gate. Read by: any loop.
    private volatile PortHandle? _handle;
    private volatile bool _isUp;
    private volatile int _mtu;
    private ulong _hardwareAddress;

    // Used under _gate only.
    private LinkStatus _status = LinkStatus.Unknown;
    private string? _openProblem;
    private long _nextOpenMs;
    private long _kernelDrops;
    private bool _isDisposed;

    private LiveInterface(
        PortBackend backend,
        LivePortOptions options,
        Action<PortEvent> report,
        InterfaceProbe probe)
    {
        _backend = backend;
        _options = options;
        _report = report;
        _probe = probe;
        _offloads = new InterfaceOffloads(probe, options.InterfaceName);
        _steering = new PacketSteering(options.InterfaceName);
    }

    public int PortId => _options.Id;

    public string Name => _options.InterfaceName;

    /// <summary>The open handle, to be held with <see cref="PortHandle.TryAcquire"/> while it is
    /// used.</summary>
    public PortHandle? Handle => _handle;

    public bool IsUp => _isUp;

    public int Mtu => _mtu;

    public MacAddress HardwareAddress => new(Volatile.Read(ref _hardwareAddress));

    /// <summary>Opens an interface that exists, or one that is down to wait for it.</summary>
    public static bool TryOpen(
        PortBackend backend,
        LivePortOptions options,
        Action<PortEvent> report,
        out LiveInterface? opened,
        out PortProblem? problem)
    {
        opened = null;
        problem = backend.Check();
        if (problem is not null) return false;
        var probe = new InterfaceProbe();
        var candidate = new LiveInterface(backend, options, report, probe);
        problem = candidate.CheckEnvironment() ?? candidate.OpenFirst();
        if (problem is null)
        {
            opened = candidate;
            return true;
        }
        candidate.Dispose();
        return false;
    }

    /// <summary>
    /// Compares the interface with what was known of it, replaces the handle where needed and
    /// reports a change. Never throws for anything the interface does.
    /// </summary>
    public void Supervise(long nowMs)
    {
        List<PortEvent> events = [];
        lock (_gate)
        {
            if (!_isDisposed) Follow(nowMs, events);
        }
        foreach (PortEvent happened in events) _report(happened);
    }

    /// <summary>Frames the kernel dropped because the ring was full, over all handles.</summary>
    public long ReadKernelDrops()
    {
        lock (_gate)
        {
            AddKernelDrops();
            return _kernelDrops;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            CloseHandle();
            _isUp = false;
            _offloads.Restore();
            _steering.Restore();
            _probe.Dispose();
        }
    }

    private PortProblem? CheckEnvironment()
    {
        if (!_probe.TryRead(Name, out _))
        {
            return new PortProblem(
                $"port {PortId}: interface {Name} does not exist; see: ip -br link",
                PortProblem.Environment);
        }
        return RawSocketPermission.Check(PortId, Name);
    }

    private PortProblem? OpenFirst()
    {
        Supervise(0);
        return _openProblem is null
            ? null
            : new PortProblem($"port {PortId}: interface {Name} cannot be opened: {_openProblem}",
                PortProblem.Environment);
    }

    private void Follow(long nowMs, List<PortEvent> events)
    {
        bool exists = _probe.TryRead(Name, out InterfaceState state);
        LinkStatus status = LinkStatus.Gone;
        if (!exists || (_handle is not null && _handle.InterfaceIndex != state.Index))
        {
            NoteGone(events);
        }
        if (exists)
        {
            _mtu = state.Mtu;
            Volatile.Write(ref _hardwareAddress, state.HardwareAddress.Value);
            KeepOpen(state, nowMs, events);
            _steering.Follow(_options.Flows is { IsCarrying: true }, state.Index, nowMs);
            status = StatusOf(state);
        }
        _isUp = status == LinkStatus.Up;
        bool isNews = status != _status && status != LinkStatus.Gone;
        bool isExpected = status == LinkStatus.Up && _status == LinkStatus.Unknown;
        if (isNews && !isExpected) events.Add(Describe(status));
        _status = status;
    }

    // The handle of an interface that went away is closed; it would never receive again.
    private void NoteGone(List<PortEvent> events)
    {
        bool isNews = _status is not (LinkStatus.Gone or LinkStatus.Unknown);
        string? newName = null;
        if (_handle is not null && _probe.TryGetName(_handle.InterfaceIndex, out string name))
        {
            newName = name;
        }
        CloseHandle();
        _status = LinkStatus.Gone;
        _nextOpenMs = 0;
        if (!isNews) return;
        events.Add(new PortEvent(PortId, PortEventKind.Gone, newName is null
            ? $"port {PortId}: interface {Name} is gone; the port works again when it is back: "
                + "ip -br link"
            : $"port {PortId}: interface {Name} is now called {newName}; the port works again when "
                + $"the name is back: ip link set {newName} name {Name}"));
    }

    private void KeepOpen(in InterfaceState state, long nowMs, List<PortEvent> events)
    {
        if (_handle?.Failure is { } failure && state.IsEnabled)
        {
            events.Add(new PortEvent(PortId, PortEventKind.Note,
                $"port {PortId}: receiving on {Name} failed ({failure}); it is opened again"));
            _openProblem = failure;
            CloseHandle();
        }
        if (_handle is not null && _backend.IsOutgrown(_handle, _options, state))
        {
            CloseHandle();
            _nextOpenMs = 0;
        }
        if (_handle is null && state.IsEnabled && nowMs >= _nextOpenMs)
        {
            _nextOpenMs = nowMs + IoLimits.ReopenPeriodMs;
            OpenHandle(state);
        }
    }

    private void OpenHandle(in InterfaceState state)
    {
        bool isPlain = _options.TurnOffloadsOff
            && _offloads.TryTurnOff(state.Index, _backend.KeepsGro)
            && !_backend.KeepsGro
            && InterfaceDrivers.IsHardware(_probe, Name);
        _handle = _backend.Open(_options, state, mayBeGlued: !isPlain, out _openProblem);
    }

    private void CloseHandle()
    {
        PortHandle? handle = _handle;
        if (handle is null) return;
        AddKernelDrops();
        _handle = null;
        handle.Release();
    }

    private void AddKernelDrops()
    {
        PortHandle? handle = _handle;
        if (handle is null || !handle.TryAcquire()) return;
        _kernelDrops += handle.TakeKernelDrops();
        handle.Release();
    }

    private LinkStatus StatusOf(in InterfaceState state)
    {
        if (!state.IsEnabled) return LinkStatus.Disabled;
        if (_handle is null) return LinkStatus.Unopened;
        return state.HasCarrier ? LinkStatus.Up : LinkStatus.NoCarrier;
    }

    private PortEvent Describe(LinkStatus status)
    {
        string what = status switch
        {
            LinkStatus.Up => "is up",
            LinkStatus.NoCarrier => "has no carrier; check the cable and that the other end is up",
            LinkStatus.Unopened => $"cannot be opened ({_openProblem}); it is tried again",
            _ => $"is down; the port works when it is up: ip link set {Name} up",
        };
        PortEventKind kind = status == LinkStatus.Up ? PortEventKind.Up : PortEventKind.Down;
        return new PortEvent(PortId, kind, $"port {PortId}: interface {Name} {what}");
    }
}
