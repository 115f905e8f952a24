// What the parts of one loop share while they work on a burst: the snapshot and the time of this pass, the ports, the tables, the counters and
// the loop's own queues. One per PortLoop, used by its thread only.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The surroundings of a loop's classifier, forwarder and slow path.</summary>
public sealed class LoopContext
{
    /// <summary>Makes the context of a loop.</summary>
    /// <param name="ports">All ports of the switch, by index.</param>
    /// <param name="tables">The shared tables.</param>
    /// <param name="first">The snapshot to begin with.</param>
    public LoopContext(IReadOnlyList<IPacketPort> ports, SharedTables tables, SwitchSnapshot first)
    {
        Ports = new PortContext[ports.Count];
        for (int i = 0; i < ports.Count; i++)
        {
            Ports[i] = new PortContext(i, ports[i]);
        }
        Tables = tables;
        Snapshot = first;
        Epoch = tables.Epochs.Register();
        Offload = tables.Offloaded is { } offloaded ? new OffloadKeeper(this, offloaded) : null;
    }

    /// <summary>The snapshot of this pass.</summary>
    public SwitchSnapshot Snapshot { get; private set; }

    /// <summary>The time of this pass, in nanoseconds from any fixed moment.</summary>
    public long NowNs { get; private set; }

    /// <summary>The time of this pass in session ticks.</summary>
    public uint Now { get; private set; }

    public PortContext[] Ports { get; }
    public SharedTables Tables { get; }
    public LoopCounters Counters { get; } = new();
    public SpscQueue<Punt> Punts { get; } = new(Limits.PuntFrames, () => new Punt());
    public SpscQueue<LoopCommand> Commands { get; } = new(Limits.Commands);
    public FragmentTable Fragments { get; } = new();
    public SessionTable<Ipv4Address>.LimboList Limbo4 { get; } = new();
    public SessionTable<Ipv6Address>.LimboList Limbo6 { get; } = new();

    /// <summary>Frames that wait for hosts the switch routes to.</summary>
    public HostQueue Hosts { get; } = new();

    /// <summary>Where the loop can be watched.</summary>
    public LoopObserver Observer { get; } = new();

    /// <summary>The loop's dealings with the offload; null without one.</summary>
    public OffloadKeeper? Offload { get; }

    /// <summary>The loop's number as a reader of the shared tables.</summary>
    public int Epoch { get; }

    /// <summary>Sets time and snapshot for a pass.</summary>
    public void Begin(long nowNs, SwitchSnapshot snapshot)
    {
        NowNs = nowNs;
        Now = Ticks.At(nowNs);
        Snapshot = snapshot;
        Observer.BeginPass(nowNs);
    }

    /// <summary>The roles of a port, by index.</summary>
    public PortRoles Roles(int port) => port < Snapshot.Ports.Length ? Snapshot.Ports[port] : PortRoles.None;

    /// <summary>Hands a copy of the frame to the control plane; false when its queue is full.</summary>
    public bool TryPunt(PuntKind kind, int port, ReadOnlySpan<byte> frame)
    {
        if (!Punts.TryReserve(out int slot))
        {
            return false;
        }
        Punts[slot].SetFrame(kind, port, frame);
        Punts.Commit();
        return true;
    }

    /// <summary>Asks the control plane to resolve a neighbour. A full queue is no loss: the next held frame asks again.</summary>
    public bool TryAskFor(int neighbor)
    {
        if (!Punts.TryReserve(out int slot))
        {
            return false;
        }
        Punts[slot].SetResolve(neighbor);
        Punts.Commit();
        return true;
    }

    /// <summary>
    /// Tells the control plane that two ports are on one segment. A full queue is no loss: it shows again.
    /// </summary>
    public void TryTellLoop(int port, int other)
    {
        if (Punts.TryReserve(out int slot))
        {
            Punts[slot].SetLoop(port, other);
            Punts.Commit();
        }
    }

    /// <summary>Tells the control plane that a real server refuses. A full queue is no loss: the next refused SYN tells again.</summary>
    public void TellRefused(int real, int servicePort)
    {
        if (Punts.TryReserve(out int slot))
        {
            Punts[slot].SetRefused(real, servicePort);
            Punts.Commit();
        }
    }

    /// <summary>Asks the control plane to resolve a host on one of the switch's networks.</summary>
    public bool TryAskForHost(IpAddress address)
    {
        if (!Punts.TryReserve(out int slot))
        {
            return false;
        }
        Punts[slot].SetResolveHost(address);
        Punts.Commit();
        return true;
    }
}
