// What has to be checked under a configuration: a pure function. A real server is checked on every port on which a service may send
// it sessions, as a member, as a backup or as a group's last resort. It is one server with one state: all its checks must hold.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Health;

/// <summary>Makes the list of probes.</summary>
public static class HealthPlan
{
    /// <summary>The probes of a valid configuration, each once, by real server and port.</summary>
    public static IReadOnlyList<HealthProbe> Of(SwitchConfig config)
    {
        var probes = new Dictionary<ProbeKey, HealthProbe>();
        Dictionary<int, RealConfig> reals = config.Reals.ToDictionary(real => real.Id);
        Dictionary<int, GroupConfig> groups = config.Groups.ToDictionary(group => group.Id);
        foreach (VirtConfig virt in config.Virts.Where(virt => virt is { Enabled: true, Address: not null }))
        {
            foreach (ServiceConfig service in virt.Services)
            {
                foreach ((GroupConfig group, RealConfig real) in Servers(service.Group, reals, groups))
                {
                    if (Probe(group, real, service, virt.Address!.Value) is { } probe)
                    {
                        probes.TryAdd(probe.Key, probe);
                    }
                }
            }
        }
        return [.. probes.Values.OrderBy(probe => probe.Key.Real).ThenBy(probe => probe.Key.Port)];
    }

    // Members and their backups, the group's last resort, and so on: each group and each server of a group once.
    private static IEnumerable<(GroupConfig Group, RealConfig Real)> Servers(
        int first, Dictionary<int, RealConfig> reals, Dictionary<int, GroupConfig> groups)
    {
        var seenGroups = new HashSet<int>();
        for (int? next = first; next is { } id && seenGroups.Add(id) && groups.TryGetValue(id, out GroupConfig? group);)
        {
            next = group.Backup is { IsGroup: true } backup ? backup.Id : null;
            var left = new Queue<int>(group.Members);
            if (group.Backup is { IsGroup: false } last)
            {
                left.Enqueue(last.Id);
            }
            var seen = new HashSet<int>();
            while (left.TryDequeue(out int real))
            {
                if (!seen.Add(real) || !reals.TryGetValue(real, out RealConfig? server))
                {
                    continue;
                }
                yield return (group, server);
                if (server.Backup is { } standIn)
                {
                    left.Enqueue(standIn.Id);
                }
            }
        }
    }

    private static HealthProbe? Probe(GroupConfig group, RealConfig real, ServiceConfig service, IpAddress vip)
    {
        HealthCheckKind kind = real.Health ?? group.Health;
        if (kind == HealthCheckKind.None || real.CheckIntervalSeconds == 0
            || real is not { Enabled: true, Address: { } address } || address.IsV6 != vip.IsV6)
        {
            return null;
        }
        if (kind == HealthCheckKind.Tcp && !service.HasTcp)
        {
            // The default check of a service that has no TCP port to connect to.
            kind = HealthCheckKind.Udp;
        }
        HealthCheckRow row = HealthCheckCatalog.Row(kind);
        bool throughVip = service.DirectServerReturn && group.CheckThroughVip && row.GoesThroughVip;
        int port = service.DirectServerReturn ? service.Port : service.EffectiveRealPort;
        var key = new ProbeKey(
            real.Id, kind, address, row.HasPort ? port : 0, row.HasContent ? group.Content : "", throughVip ? vip : null);
        return new HealthProbe(
            key, group.Id, real.CheckIntervalSeconds, new RiseFall(real.SuccessesToUp, real.FailuresToDown));
    }
}
