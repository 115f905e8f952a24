// Turns a configuration and the known neighbours into the snapshot that the data plane runs on. Called by ControlPlane whenever
// either changes; pure but for the neighbour table, which gains an entry for each new next hop.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Neighbors;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control;

/// <summary>Builds snapshots.</summary>
/// <param name="portIds">The switch's port numbers by port index.</param>
/// <param name="neighbors">Where next hops get their index.</param>
/// <param name="mac">The switch's own MAC.</param>
public sealed class SnapshotBuilder(IReadOnlyList<int> portIds, NeighborTable neighbors, MacAddress mac)
{
    /// <summary>The snapshot of a valid configuration.</summary>
    public SwitchSnapshot Build(SwitchConfig config, long version)
    {
        var reals = new Dictionary<int, RealServer>();
        foreach (RealConfig real in config.Reals)
        {
            if (real is { Enabled: true, Address: { } address })
            {
                reals[real.Id] = MakeReal(config, real, address);
            }
        }
        var services = new Dictionary<ServiceKey, VirtualService>();
        var balanced = new Dictionary<ServiceKey, RealServer>();
        var virtualServers = new Dictionary<IpAddress, VirtualServer>();
        foreach (VirtConfig virt in config.Virts)
        {
            if (virt.Address is { } vip)
            {
                bool inService = AddServices(config, virt, vip, reals, services, balanced);
                Merge(virtualServers, new VirtualServer(
                    (ushort)virt.Id, vip, virt.Enabled, virt.Services.Count > 0, inService));
            }
        }
        return new SwitchSnapshot
        {
            Version = version,
            SlbOn = config.SlbOn,
            DirectAccess = config.Advanced.DirectAccess,
            Mac = mac,
            Ports = [.. portIds.Select(id => Roles(config.FindPort(id)))],
            VirtualServers = virtualServers,
            Services = services,
            BalancedPorts = balanced,
            Interfaces = [.. config.Interfaces.Where(i => i is { Enabled: true, Address: not null }).Select(
                i => new InterfaceAddress(i.Id, i.Address!.Value, i.PrefixLength, (ushort)i.Vlan))],
            Neighbors = neighbors.Snapshot(),
            Timers = Timers(config.Advanced),
        };
    }

    private RealServer MakeReal(SwitchConfig config, RealConfig real, IpAddress address)
    {
        IpAddress nextHop = NextHop(config, address, real.Mac is not null);
        int neighbor = neighbors.IndexOf(nextHop);
        if (real.Mac is { } fixedMac)
        {
            neighbors.SetStatic(neighbor, fixedMac);
        }
        return new RealServer(
            (ushort)real.Id, address, real.Weight, real.MaxConnections,
            IdleTicks(real.TimeoutMinutes, config.Advanced), (ushort)neighbor);
    }

    // A real outside every interface network is reached by the gateway's MAC (ALTEON.md section 7). Without a gateway, or with a MAC of
    // its own, it is taken to be on the link.
    private static IpAddress NextHop(SwitchConfig config, IpAddress address, bool hasMac)
    {
        bool onLink = hasMac || config.Interfaces.Any(i => i.Enabled && i.Contains(address));
        GatewayConfig? gateway = config.Gateways.FirstOrDefault(
            g => g is { Enabled: true, Address: { } a } && a.IsV6 == address.IsV6);
        return onLink || gateway is null ? address : gateway.Address!.Value;
    }

    // True when at least one service of the virtual server has a real server in service.
    private static bool AddServices(
        SwitchConfig config, VirtConfig virt, IpAddress vip, Dictionary<int, RealServer> reals,
        Dictionary<ServiceKey, VirtualService> services, Dictionary<ServiceKey, RealServer> balanced)
    {
        bool inService = false;
        foreach (ServiceConfig service in virt.Services)
        {
            if (!virt.Enabled)
            {
                continue;
            }
            GroupConfig? group = config.FindGroup(service.Group);
            RealServer[] all = group is null ? [] : [.. group.Members
                .Where(reals.ContainsKey).Select(id => reals[id]).Where(r => r.Address.IsV6 == vip.IsV6)];
            RealServer[] members = [.. all.Where(real => real.Weight > 0)];
            inService |= members.Length > 0;
            string metric = MetricName(group?.Metric ?? GroupMetric.LeastConnections);
            var served = new ServerGroup((ushort)service.Group, MetricCatalog.Make(metric, members), members);
            var made = new VirtualService(
                (ushort)virt.Id, (ushort)service.Port, (ushort)service.RealPort, served,
                IdleTicks(service.TimeoutMinutes, config.Advanced), service.ResetOnClose);
            foreach (byte protocol in Protocols(service))
            {
                services.TryAdd(new ServiceKey(vip, (ushort)service.Port, protocol), made);
                foreach (RealServer real in all)
                {
                    balanced.TryAdd(new ServiceKey(real.Address, (ushort)service.EffectiveRealPort, protocol), real);
                }
            }
        }
        return inService;
    }

    // One address may stand in several virts (different ports): it answers while any of them does.
    private static void Merge(Dictionary<IpAddress, VirtualServer> servers, VirtualServer added)
    {
        if (servers.TryGetValue(added.Address, out VirtualServer? known))
        {
            VirtualServer first = known.IsEnabled || !added.IsEnabled ? known : added;
            added = first with
            {
                IsEnabled = known.IsEnabled || added.IsEnabled,
                HasService = (known is { IsEnabled: true, HasService: true })
                    || (added is { IsEnabled: true, HasService: true }),
                InService = known.InService || added.InService,
            };
        }
        servers[added.Address] = added;
    }

    private static IEnumerable<byte> Protocols(ServiceConfig service)
    {
        if (service.HasTcp)
        {
            yield return IpProtocol.Tcp;
        }
        if (service.HasUdp)
        {
            yield return IpProtocol.Udp;
        }
    }

    private static PortRoles Roles(PortConfig? port)
        => (port is { Client: true } ? PortRoles.Client : PortRoles.None)
            | (port is { Server: true } ? PortRoles.Server : PortRoles.None);

    private static uint IdleTicks(int minutes, AdvancedConfig advanced)
        => Ticks.FromSeconds((long)minutes * 60 << advanced.SlowAge);

    private static SessionTimers Timers(AdvancedConfig advanced)
    {
        SessionTimers profile = advanced.Profile == TimerProfile.Rfc ? SessionTimers.Rfc : SessionTimers.Alteon;
        return profile with { Closed = profile.Closed << advanced.FastAge };
    }

    private static string MetricName(GroupMetric metric) => metric switch
    {
        GroupMetric.RoundRobin => "roundrobin",
        GroupMetric.Hash => "hash",
        GroupMetric.PersistentHash => "phash",
        GroupMetric.MinMisses => "minmisses",
        GroupMetric.Response => "response",
        GroupMetric.Bandwidth => "bandwidth",
        GroupMetric.ServiceLeast => "svcleast",
        _ => "leastconns",
    };
}
