// Turns a configuration and the known neighbours into the snapshot that the data plane runs on. Called by ControlPlane whenever
// either changes; pure but for the neighbour table, which gains an entry for each new next hop.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Neighbors;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control;

/// <summary>Builds snapshots.</summary>
/// <param name="portIds">The switch's port numbers by port index.</param>
/// <param name="neighbors">Where next hops get their index.</param>
/// <param name="portPools">Where the proxy addresses of full NAT get their port pools.</param>
/// <param name="mac">The switch's own MAC.</param>
public sealed class SnapshotBuilder(
    IReadOnlyList<int> portIds, NeighborTable neighbors, PortPools portPools, MacAddress mac)
{
    private readonly MetricCache _metrics = new();

    /// <summary>The snapshot of a valid configuration with all servers up.</summary>
    public SwitchSnapshot Build(SwitchConfig config, long version) => Build(config, ServerFacts.Initial, version);

    /// <summary>The snapshot of a valid configuration and what is known of its servers.</summary>
    public SwitchSnapshot Build(SwitchConfig config, ServerFacts facts, long version)
    {
        var reals = new Dictionary<int, RealServer>();
        foreach (RealConfig real in config.Reals)
        {
            if (real is { Enabled: true, Address: { } address })
            {
                reals[real.Id] = MakeReal(config, real, address);
            }
        }
        var parts = new Parts { Groups = new GroupBuilder(config, facts, reals, _metrics) };
        foreach (VirtConfig virt in config.Virts)
        {
            if (virt.Address is { } vip)
            {
                Merge(parts.VirtualServers, AddVirtualServer(config, virt, vip, parts));
            }
        }
        var states = new RealState[Limits.MaxIdentifier];
        Array.Fill(states, RealState.Gone);
        foreach (int id in reals.Keys)
        {
            states[id] = facts.Drain(id) == DrainMode.Out ? RealState.Gone
                : facts.Health.IsUp(id) ? RealState.Serving
                : config.Advanced.Grace ? RealState.FailedKept : RealState.Gone;
        }
        InterfaceAddress[] interfaces = [.. config.Interfaces.Where(i => i is { Enabled: true, Address: not null })
            .Select(i => new InterfaceAddress(i.Id, i.Address!.Value, i.PrefixLength, (ushort)i.Vlan))];
        int[] gateways = [.. config.Gateways.Where(g => g is { Enabled: true, Address: not null })
            .Select(g => neighbors.IndexOf(g.Address!.Value))];
        Neighbor[] known = neighbors.Snapshot();
        return new SwitchSnapshot
        {
            Version = version,
            SlbOn = config.SlbOn,
            Offload = config.System.Offload,
            DirectAccess = config.Advanced.DirectAccess,
            Mac = mac,
            Ports = [.. portIds.Select(id => Roles(config, id))],
            HostPort = portIds.ToList().IndexOf(Limits.HostPortId),
            NextHops = reals.ToDictionary(real => real.Key, real => (int)real.Value.Neighbor),
            VirtualServers = parts.VirtualServers,
            Services = parts.Services,
            BalancedPorts = parts.BalancedPorts,
            BalancedAddresses = parts.BalancedAddresses,
            ProxyAddresses = parts.ProxyAddresses,
            WatchesRefusals = WatchesRefusals(config),
            RealAddresses = [.. config.Reals.Where(real => real.Address is not null).Select(real => real.Address!.Value)],
            RealStates = states,
            Interfaces = interfaces,
            Neighbors = known,
            Routes = new RouteTable(interfaces, gateways, known),
            Timers = Timers(config.Advanced),
            HasBindings = config.Virts.Any(virt => virt.Services.Any(s => s.Binding != ClientBinding.Off)),
        };
    }

    private static bool[] WatchesRefusals(SwitchConfig config)
    {
        if (!config.Groups.Any(group => group.PassiveChecks))
        {
            return [];
        }
        var watched = new bool[Limits.MaxIdentifier];
        foreach (int real in config.Groups.Where(group => group.PassiveChecks).SelectMany(group => group.Members))
        {
            watched[real] = true;
        }
        return watched;
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

    private VirtualServer AddVirtualServer(
        SwitchConfig config, VirtConfig virt, IpAddress vip, Parts parts)
    {
        var made = new VirtualServer((ushort)virt.Id, vip, virt.Enabled, virt.Services.Count > 0, false)
        {
            ResetsWrongPort = virt.ResetWrongPort,
        };
        foreach (ServiceConfig service in virt.Services.Where(_ => virt.Enabled))
        {
            RealServer[] all = parts.Groups.Possible(service.Group, vip.IsV6);
            ServerGroup served = parts.Groups.Build(service.Group, vip.IsV6);
            made = made with { InService = made.InService || served.IsInService };
            foreach (byte protocol in Protocols(service))
            {
                VirtualService added = MakeService(config, virt, service, served, all, protocol, parts);
                parts.Services.TryAdd(new ServiceKey(vip, (ushort)service.Port, protocol), added);
                foreach (RealServer real in Guarded(config, parts, service.Group, vip.IsV6, all))
                {
                    ushort port = (ushort)(added.Mode == ForwardingMode.Dsr ? service.Port : service.EffectiveRealPort);
                    parts.BalancedPorts.TryAdd(new ServiceKey(real.Address, port, protocol), real);
                }
            }
        }
        return virt is { AnyPort: true, Enabled: true, Services.Count: > 0 }
            ? WithAnyPort(config, virt, vip, parts, made) : made;
    }

    // Whose balanced ports are guarded. A disabled server's are too: its last frames may be on their way when its sessions have ended. With direct
    // access nothing is guarded, and these open sessions.
    private static IEnumerable<RealServer> Guarded(
        SwitchConfig config, Parts parts, int groupId, bool isV6, RealServer[] enabled)
        => config.Advanced.DirectAccess ? enabled : enabled.Concat(
            from real in parts.Groups.Configured(groupId, isV6)
            where !real.Enabled
            select new RealServer((ushort)real.Id, real.Address!.Value, real.Weight, real.MaxConnections, 0, 0));

    // layr3: every port that has no service of its own is served by the group of the first service, on the port asked for.
    private VirtualServer WithAnyPort(
        SwitchConfig config, VirtConfig virt, IpAddress vip, Parts parts, VirtualServer made)
    {
        ServiceConfig first = virt.Services[0] with { RealPort = 0, Port = 0 };
        RealServer[] all = parts.Groups.Possible(first.Group, vip.IsV6);
        ServerGroup served = parts.Groups.Build(first.Group, vip.IsV6);
        foreach (RealServer real in Guarded(config, parts, first.Group, vip.IsV6, all))
        {
            parts.BalancedAddresses.TryAdd(real.Address, real);
        }
        return made with
        {
            AnyTcpPort = MakeService(config, virt, first, served, all, IpProtocol.Tcp, parts),
            AnyUdpPort = MakeService(config, virt, first, served, all, IpProtocol.Udp, parts),
        };
    }

    private VirtualService MakeService(
        SwitchConfig config, VirtConfig virt, ServiceConfig service, ServerGroup group, RealServer[] reals,
        byte protocol, Parts parts)
    {
        var proxies = new List<ProxyAddress>();
        foreach (IpAddress proxy in service.ProxyAddresses)
        {
            parts.ProxyAddresses.Add(proxy);
            var pools = new int[Limits.MaxIdentifier];
            foreach (RealServer real in reals)
            {
                var towards = new ServiceKey(real.Address, (ushort)service.EffectiveRealPort, protocol);
                pools[real.Id] = portPools.NumberOf(proxy, towards);
            }
            proxies.Add(new ProxyAddress(proxy, pools));
        }
        return new VirtualService(
            (ushort)virt.Id, (ushort)service.Port, (ushort)service.RealPort, group,
            IdleTicks(service.TimeoutMinutes, config.Advanced), service.ResetOnClose)
        {
            Mode = service.DirectServerReturn ? ForwardingMode.Dsr
                : proxies.Count > 0 ? ForwardingMode.FullNat : ForwardingMode.Nat,
            Proxies = [.. proxies],
            Binding = Binding(service, virt.Address is { IsV6: true }),
            HashesSourcePort = service.HashInput == HashInput.SourceAndPort,
        };
    }

    private static BindingRules? Binding(ServiceConfig service, bool isV6)
        => service.Binding == ClientBinding.Off ? null : new BindingRules(
            service.BindingBits ?? (isV6 ? 128 : 32), Ticks.FromSeconds(service.BindingMinutes * 60L),
            service.Binding == ClientBinding.ClientIpAnyPort);

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

    private static PortRoles Roles(SwitchConfig config, int id)
    {
        PortConfig? port = config.FindPort(id);
        return id == Limits.HostPortId ? PortRoles.Client | PortRoles.Host
            : (port is { Client: true } ? PortRoles.Client : PortRoles.None)
                | (port is { Server: true } ? PortRoles.Server : PortRoles.None);
    }

    private static uint IdleTicks(int minutes, AdvancedConfig advanced)
        => Ticks.FromSeconds((long)minutes * 60 << advanced.SlowAge);

    private static SessionTimers Timers(AdvancedConfig advanced)
    {
        SessionTimers profile = advanced.Profile == TimerProfile.Rfc ? SessionTimers.Rfc : SessionTimers.Alteon;
        return profile with { Closed = profile.Closed << advanced.FastAge };
    }

    // The tables of a snapshot while it is built.
    private sealed class Parts
    {
        public required GroupBuilder Groups { get; init; }
        public Dictionary<ServiceKey, VirtualService> Services { get; } = [];
        public Dictionary<ServiceKey, RealServer> BalancedPorts { get; } = [];
        public Dictionary<IpAddress, RealServer> BalancedAddresses { get; } = [];
        public Dictionary<IpAddress, VirtualServer> VirtualServers { get; } = [];
        public HashSet<IpAddress> ProxyAddresses { get; } = [];
    }
}
