// Everything the data plane knows of configuration, health and neighbours, as one immutable object. Built by the control
// plane, published through SnapshotCell by one atomic write, read by every loop once per burst.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>One state of the switch. Nothing in it changes after publication.</summary>
public sealed record SwitchSnapshot
{
    /// <summary>Counts up with each publication.</summary>
    public required long Version { get; init; }

    /// <summary><c>slb on</c>; off means a pure bridge.</summary>
    public bool SlbOn { get; init; }

    /// <summary>Long connections may be carried below the loops (<c>sys/offload</c>).</summary>
    public bool Offload { get; init; } = true;

    /// <summary>Direct access mode (<c>adv/direct</c>).</summary>
    public bool DirectAccess { get; init; }

    /// <summary>The switch's own MAC.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>Roles by port index.</summary>
    public PortRoles[] Ports { get; init; } = [];

    /// <summary>Index of the port to the host's own stack, which has the interface addresses; -1 when there is none.</summary>
    public int HostPort { get; init; } = -1;

    /// <summary>Virtual servers by address, disabled ones included.</summary>
    public Dictionary<IpAddress, VirtualServer> VirtualServers { get; init; } = [];

    /// <summary>Virtual services by address, port and protocol, of enabled virtual servers.</summary>
    public Dictionary<ServiceKey, VirtualService> Services { get; init; } = [];

    /// <summary>Real servers by the address, port and protocol on which they are balanced.</summary>
    public Dictionary<ServiceKey, RealServer> BalancedPorts { get; init; } = [];

    /// <summary>Real servers of which every port is balanced (<c>layr3</c>), by address.</summary>
    public Dictionary<IpAddress, RealServer> BalancedAddresses { get; init; } = [];

    /// <summary>Proxy addresses of full NAT.</summary>
    public HashSet<IpAddress> ProxyAddresses { get; init; } = [];

    /// <summary>States of the real servers by number.</summary>
    public RealState[] RealStates { get; init; } = new RealState[Limits.MaxIdentifier];

    /// <summary>Neighbour indexes of the enabled real servers, by number.</summary>
    public Dictionary<int, int> NextHops { get; init; } = [];

    /// <summary>True for the numbers of real servers whose refused SYNs are watched (<c>passive</c>); empty when there are none.</summary>
    public bool[] WatchesRefusals { get; init; } = [];

    /// <summary>Addresses of all configured real servers, of those out of service too: frames from them may belong to sessions.</summary>
    public HashSet<IpAddress> RealAddresses { get; init; } = [];

    /// <summary>The switch's own addresses (<c>if N</c>).</summary>
    public InterfaceAddress[] Interfaces { get; init; } = [];

    /// <summary>Neighbours by index.</summary>
    public Neighbor[] Neighbors { get; init; } = [];

    /// <summary>Session timers.</summary>
    public SessionTimers Timers { get; init; } = SessionTimers.Alteon;

    /// <summary>True when some service binds clients to their server.</summary>
    public bool HasBindings { get; init; }

    /// <summary>Where frames to the switch's MAC and another's address go.</summary>
    public RouteTable Routes { get; init; } = RouteTable.Empty;

    /// <summary>The same snapshot with other neighbours.</summary>
    public SwitchSnapshot WithNeighbors(long version, Neighbor[] neighbors)
        => this with { Version = version, Neighbors = neighbors, Routes = Routes.WithNeighbors(neighbors) };

    /// <summary>The real server that is balanced on this address, port and protocol, if any.</summary>
    public bool TryGetBalanced(IpAddress address, ushort port, byte protocol, out RealServer? real)
        => BalancedPorts.TryGetValue(new ServiceKey(address, port, protocol), out real)
            || (BalancedAddresses.Count > 0 && BalancedAddresses.TryGetValue(address, out real));

    /// <summary>The service that serves this address, port and protocol; null when there is none.</summary>
    public VirtualService? FindService(IpAddress vip, ushort port, byte protocol)
    {
        if (Services.TryGetValue(new ServiceKey(vip, port, protocol), out VirtualService? service))
        {
            return service;
        }
        return !VirtualServers.TryGetValue(vip, out VirtualServer? virt) ? null
            : protocol == IpProtocol.Tcp ? virt.AnyTcpPort : virt.AnyUdpPort;
    }

    /// <summary>True when the address is one of the switch's interface addresses.</summary>
    public bool IsInterfaceAddress(IpAddress address)
    {
        foreach (InterfaceAddress candidate in Interfaces)
        {
            if (candidate.Address.Equals(address))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True when the address is the switch's own: an interface's, a virtual server's or a proxy address.</summary>
    public bool IsOwnAddress(IpAddress address)
        => VirtualServers.ContainsKey(address) || ProxyAddresses.Contains(address) || IsInterfaceAddress(address);
}
