// Where the switch routes frames: the networks of its interface addresses, and the gateways for everything else. Part of the snapshot; asked
// by Router for each routed frame.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The next hop of a destination.</summary>
/// <param name="NextHop">Its address: the destination itself, or a gateway.</param>
/// <param name="Neighbor">Its index, or -1 while it has none.</param>
/// <param name="Vlan">The VLAN it is in, 0 for untagged.</param>
public readonly record struct Route(IpAddress NextHop, int Neighbor, ushort Vlan);

/// <summary>Connected networks, longest prefix first, then the default gateways.</summary>
public sealed class RouteTable
{
    private readonly InterfaceAddress[] _networks;
    private readonly int[] _gateways;
    private readonly Neighbor[] _neighbors;
    private readonly Dictionary<IpAddress, int> _hosts;

    /// <summary>Makes a table.</summary>
    /// <param name="interfaces">The switch's own addresses.</param>
    /// <param name="gateways">Indexes of the enabled gateways, in the order of their numbers.</param>
    /// <param name="neighbors">All neighbours.</param>
    public RouteTable(IReadOnlyList<InterfaceAddress> interfaces, int[] gateways, Neighbor[] neighbors)
    {
        _networks = [.. interfaces];
        Array.Sort(_networks, (a, b) => a.PrefixLength != b.PrefixLength
            ? b.PrefixLength.CompareTo(a.PrefixLength) : a.Id.CompareTo(b.Id));
        _gateways = gateways;
        _neighbors = neighbors;
        _hosts = new Dictionary<IpAddress, int>(neighbors.Length);
        for (int i = 0; i < neighbors.Length; i++)
        {
            if (neighbors[i].IsResolved)
            {
                _hosts[neighbors[i].Address] = i;
            }
        }
    }

    /// <summary>No networks and no gateway.</summary>
    public static RouteTable Empty { get; } = new([], [], []);

    /// <summary>The same routes with other neighbours.</summary>
    public RouteTable WithNeighbors(Neighbor[] neighbors) => new(_networks, _gateways, neighbors);

    /// <summary>The way to an address; false when there is none.</summary>
    public bool TryFind(IpAddress destination, out Route route)
    {
        InterfaceAddress? network = NetworkOf(destination);
        if (network is not null)
        {
            route = new Route(destination, IndexOf(destination), network.Vlan);
            return true;
        }
        int chosen = -1;
        foreach (int gateway in _gateways)
        {
            if (_neighbors[gateway].Address.IsV6 != destination.IsV6)
            {
                continue;
            }
            chosen = chosen < 0 || (_neighbors[gateway].IsResolved && !_neighbors[chosen].IsResolved)
                ? gateway : chosen;
        }
        if (chosen < 0)
        {
            route = default;
            return false;
        }
        IpAddress nextHop = _neighbors[chosen].Address;
        route = new Route(nextHop, chosen, NetworkOf(nextHop)?.Vlan ?? 0);
        return true;
    }

    /// <summary>Index of a resolved neighbour by its address, or -1.</summary>
    public int IndexOf(IpAddress address) => _hosts.TryGetValue(address, out int index) ? index : -1;

    /// <summary>The interface in whose network the address lies, the longest prefix first.</summary>
    public InterfaceAddress? NetworkOf(IpAddress address)
    {
        foreach (InterfaceAddress candidate in _networks)
        {
            if (address.IsInNetwork(candidate.Address, candidate.PrefixLength))
            {
                return candidate;
            }
        }
        return null;
    }

    /// <summary>
    /// The interface over which a frame came in: the one in the frame's VLAN whose network holds its source, else one in that VLAN, else any
    /// of the family (RFC 1812 section 4.3.2.4).
    /// </summary>
    public InterfaceAddress? IngressOf(IpAddress source, ushort vlan)
    {
        InterfaceAddress? sameVlan = null;
        InterfaceAddress? any = null;
        foreach (InterfaceAddress candidate in _networks)
        {
            if (candidate.Address.IsV6 != source.IsV6)
            {
                continue;
            }
            any ??= candidate;
            if (candidate.Vlan == vlan)
            {
                sameVlan ??= candidate;
                if (source.IsInNetwork(candidate.Address, candidate.PrefixLength))
                {
                    return candidate;
                }
            }
        }
        return sameVlan ?? any;
    }

    /// <summary>True for the first and the last address of a connected IPv4 network: its broadcasts (RFC 2644).</summary>
    public bool IsBroadcast(IpAddress address)
    {
        if (address.IsV6 || NetworkOf(address) is not { } network || network.PrefixLength >= 31)
        {
            return false;
        }
        uint host = uint.MaxValue >> network.PrefixLength;
        uint bits = address.V4.Value & host;
        return bits == 0 || bits == host;
    }
}
