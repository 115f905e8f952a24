// The one place that opens live ports. Made by the composition root of `run`; a new backend is a
// line here. It owns the supervisor, so it is disposed before the ports.

using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Opens ports on network interfaces and has them watched. Used by one thread.</summary>
/// <param name="report">Gets one line per change of an interface, on the supervisor's thread or,
/// while a port is opened, on the caller's.</param>
public sealed class PortFactory(Action<PortEvent> report) : IDisposable
{
    private readonly Dictionary<string, int> _portOfInterface = new(StringComparer.Ordinal);
    private PortSupervisor? _supervisor;
    private bool _mayOffload;

    /// <summary>What <c>--io auto</c> chose and why, in one line; empty while nothing was left to
    /// it.</summary>
    public string Choice { get; private set; } = string.Empty;

    /// <summary>What carries long connections in the kernel, for the ports on the packet ring;
    /// null when it was not asked for or is not to be had.</summary>
    public KernelFlows? Flows { get; private set; }

    /// <summary>Why the kernel carries nothing, or not on all ports; empty while nothing is
    /// wrong.</summary>
    public string OffloadObstacle
    {
        get => field.Length > 0 ? field : Flows?.Obstacle ?? string.Empty;
        private set;
    } = string.Empty;

    /// <summary>Has the ports that are opened from now on take part in the kernel's forwarding of
    /// long connections, where it is to be had, once <see cref="BeginOffload"/> is
    /// called.</summary>
    public void AllowOffload() => _mayOffload = true;

    /// <summary>Ports take part from now on. It costs the kernel some time that no frame has to
    /// wait for.</summary>
    public void BeginOffload() => Flows?.AttachWaiting();

    /// <summary>Reads the value of <c>--io</c>; the problem names what is accepted.</summary>
    public static bool TryParseKind(string text, out PortKind kind, out PortProblem? problem)
    {
        (kind, bool isKnown) = text switch
        {
            "auto" => (PortKind.Auto, true),
            "pcap" => (PortKind.Pcap, true),
            "ring" => (PortKind.Ring, true),
            _ => (PortKind.Auto, false),
        };
        problem = isKnown ? null : new PortProblem(
            $"--io {text}: not known; one of auto, pcap, ring", PortProblem.Usage);
        return isKnown;
    }

    /// <summary>Opens a port; false with a one-line problem and its exit code. More than one lane,
    /// for as many loops, only the packet ring gives.</summary>
    public bool TryOpen(
        PortKind kind,
        int id,
        string interfaceName,
        out IPacketPort? port,
        out PortProblem? problem,
        int lanes = 1)
    {
        port = null;
        if (lanes > 1 && kind == PortKind.Pcap)
        {
            problem = new PortProblem(
                $"port {id}: loops {lanes} needs the packet ring; use --io ring, or loops 1",
                PortProblem.Usage);
            return false;
        }
        if (_portOfInterface.TryGetValue(interfaceName, out int other))
        {
            problem = new PortProblem(
                $"port {id}: interface {interfaceName} is already port {other}; "
                + "an interface can be one port only", PortProblem.Usage);
            return false;
        }
        if (_mayOffload && kind != PortKind.Pcap)
        {
            _mayOffload = false;
            Flows = KernelFlows.TryMake(out string why);
            OffloadObstacle = why;
            Flows?.AttachLater();
        }
        var options = new LivePortOptions(id, interfaceName) { Lanes = lanes, Flows = Flows };
        bool isOpen = kind == PortKind.Auto
            ? TryOpenBest(options, out InterfacePort? opened, out problem)
            : TryOpen(kind, options, out opened, out problem);
        if (!isOpen) return false;
        _portOfInterface.Add(interfaceName, id);
        _supervisor ??= new PortSupervisor(report);
        _supervisor.Add(opened!.Interface);
        port = opened;
        return true;
    }

    // The ring where it works. Where it does not, the ring's own problem is told only when libpcap
    // cannot open the port either.
    private bool TryOpenBest(
        LivePortOptions options, out InterfacePort? port, out PortProblem? problem)
    {
        problem = RingBackend.Instance.Check();
        if (problem is null && TryOpen(PortKind.Ring, options, out port, out problem))
        {
            if (Choice.Length == 0) Choice = "--io auto: packet ring, offloads pass through";
            return true;
        }
        port = null;
        if (options.Lanes > 1) return false;
        if (!TryOpen(PortKind.Pcap, options, out port, out _)) return false;
        Choice = $"--io auto: libpcap, because {problem!.Message}";
        problem = null;
        return true;
    }

    private bool TryOpen(
        PortKind kind, LivePortOptions options, out InterfacePort? port, out PortProblem? problem)
    {
        bool opened;
        if (kind == PortKind.Ring)
        {
            opened = RingPort.TryOpen(options, report, out RingPort? ring, out problem);
            port = ring;
        }
        else
        {
            opened = LivePort.TryOpen(options, report, out LivePort? live, out problem);
            port = live;
        }
        return opened;
    }

    /// <summary>Ends the supervision; the ports stay open and are their owner's.</summary>
    public void Dispose() => _supervisor?.Dispose();
}
