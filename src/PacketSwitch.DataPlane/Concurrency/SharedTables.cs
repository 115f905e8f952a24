// The tables that all loops of a switch share. Made once at start by whoever composes the switch;
// handed to every PortLoop and, for reading, to the control plane.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Sessions, learned addresses and loads.</summary>
public sealed class SharedTables : IDisposable
{
    /// <summary>
    /// Takes memory for <paramref name="sessions"/> sessions of each address family.
    /// </summary>
    /// <param name="sessions">Capacity of each session table.</param>
    /// <param name="seed">Seed of the session hash: random in a live switch, fixed in a
    /// replay.</param>
    /// <param name="isView">For a few frames only: bindings take little memory.</param>
    public SharedTables(int sessions, ulong seed, bool isView = false)
    {
        Seed = seed;
        Sticky = isView ? new StickyTable(Limits.StickyEntriesOfView) : new StickyTable();
        Sessions4 = new SessionTable<Ipv4Address>(sessions, seed, Epochs);
        Sessions6 = new SessionTable<Ipv6Address>(sessions, seed, Epochs);
    }

    /// <summary>The seed of hashes that nobody outside may foresee.</summary>
    public ulong Seed { get; }

    public EpochDomain Epochs { get; } = new();
    public SessionTable<Ipv4Address> Sessions4 { get; }
    public SessionTable<Ipv6Address> Sessions6 { get; }
    public BridgeTable Bridge { get; } = new();
    public BridgeLoops BridgeLoops { get; } = new();
    public StatelessUse StatelessUse { get; } = new();
    public RealLoads Loads { get; } = new();
    public ServiceLoads ServiceLoads { get; } = new();
    public StickyTable Sticky { get; }
    public PortPools PortPools { get; init; } = new();
    public NeighborUse NeighborUse { get; } = new();

    /// <summary>The sessions that something below the loops carries; null when there is no such
    /// thing.</summary>
    public OffloadTable? Offloaded { get; init; }

    /// <summary>Live sessions of both families.</summary>
    public int SessionCount => Sessions4.Count + Sessions6.Count;

    /// <summary>
    /// Takes over another switch's loads and learned addresses, and looks into its bindings, for a
    /// throw-away view of it; that one is only read. Sessions are not copied: a view needs a few.
    /// </summary>
    public void CopyFrom(SharedTables other)
    {
        Loads.CopyFrom(other.Loads);
        ServiceLoads.CopyFrom(other.ServiceLoads);
        Sticky.LookInto(other.Sticky);
        Bridge.CopyFrom(other.Bridge);
    }

    /// <summary>Returns the memory. No loop may run any more.</summary>
    public void Dispose()
    {
        Sessions4.Dispose();
        Sessions6.Dispose();
    }
}
