// Builds the groups of one snapshot: who serves at each member's place, who overflows, who is the last resort, and the metric over them. Called
// by SnapshotBuilder; a group is built once per snapshot and address family, however many services use it.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Control.Servers;

/// <summary>Groups from configuration and facts.</summary>
/// <param name="config">The configuration.</param>
/// <param name="facts">Health, orders and measurements.</param>
/// <param name="reals">Enabled real servers by number.</param>
/// <param name="metrics">Metrics of earlier snapshots, to be used again.</param>
internal sealed class GroupBuilder(
    SwitchConfig config, ServerFacts facts, IReadOnlyDictionary<int, RealServer> reals, MetricCache metrics)
{
    private const long Second = 1_000_000_000;

    private readonly Dictionary<(int Group, bool IsV6), ServerGroup> _built = [];
    private readonly Dictionary<int, RealConfig> _configs = config.Reals.ToDictionary(real => real.Id);
    private readonly Dictionary<int, GroupConfig> _groups = config.Groups.ToDictionary(group => group.Id);

    /// <summary>The group with its members of one address family.</summary>
    public ServerGroup Build(int id, bool isV6) => Build(id, isV6, []);

    /// <summary>Every enabled server that may ever get a session of the group: members, backups and theirs.</summary>
    public RealServer[] Possible(int id, bool isV6)
        => [.. Configured(id, isV6).Where(real => reals.ContainsKey(real.Id)).Select(real => reals[real.Id])];

    /// <summary>The same with those that are disabled.</summary>
    public IEnumerable<RealConfig> Configured(int id, bool isV6)
    {
        var found = new SortedDictionary<int, RealConfig>();
        var groups = new HashSet<int>();
        for (int? next = id; next is { } current && groups.Add(current);)
        {
            next = null;
            if (_groups.TryGetValue(current, out GroupConfig? group))
            {
                IEnumerable<int> first = group.Backup is { IsGroup: false } real
                    ? group.Members.Append(real.Id) : group.Members;
                AddChains(found, first, isV6);
                next = group.Backup is { IsGroup: true } backup ? backup.Id : null;
            }
        }
        return found.Values;
    }

    private void AddChains(SortedDictionary<int, RealConfig> found, IEnumerable<int> first, bool isV6)
    {
        var left = new Queue<int>(first);
        var visited = new HashSet<int>();
        while (left.TryDequeue(out int id))
        {
            if (!visited.Add(id))
            {
                continue;
            }
            if (!_configs.TryGetValue(id, out RealConfig? real))
            {
                continue;
            }
            if (real.Address is { } address && address.IsV6 == isV6)
            {
                found[id] = real;
            }
            if (real.Backup is { } backup)
            {
                left.Enqueue(backup.Id);
            }
        }
    }

    private ServerGroup Build(int id, bool isV6, HashSet<int> above)
    {
        if (above.Count == 0 && _built.TryGetValue((id, isV6), out ServerGroup? known))
        {
            return known;
        }
        if (!_groups.TryGetValue(id, out GroupConfig? group) || !above.Add(id))
        {
            return new ServerGroup((ushort)id, MetricCatalog.Make("leastconns", new MetricInput([])), []);
        }
        bool isTop = above.Count == 1;
        GroupMember[] members = [.. group.Members
            .Where(_configs.ContainsKey).Select(member => _configs[member])
            .Where(real => real.Address is { } address && address.IsV6 == isV6)
            .Select(real => MakeMember(real, group, isV6))];
        var built = new ServerGroup((ushort)id, metrics.Get(group, isV6, members, facts.Measures), members)
        {
            Backup = Backup(group, members, isV6, above),
            HasSlowStart = members.Any(member => member.SlowStartLengthNs != 0),
        };
        if (isTop)
        {
            _built[(id, isV6)] = built;
        }
        return built;
    }

    private GroupMember MakeMember(RealConfig real, GroupConfig group, bool isV6)
    {
        RealServer[] servers = [.. Servers(real.Id, [])
            .Select(id => reals[id]).Where(server => server.Address.IsV6 == isV6)];
        bool boundOnly = facts.IsUp(real) && real.Weight > 0 && facts.Drain(real.Id) == DrainMode.Persistent;
        long? since = servers.Length == 0 ? null : facts.Health[servers[0].Id].SinceNs;
        return new GroupMember((ushort)real.Id, real.Weight, servers)
        {
            BoundOnly = boundOnly ? reals[real.Id] : null,
            SlowStartNs = since ?? 0,
            SlowStartLengthNs = since is null ? 0 : group.SlowStartSeconds * Second,
        };
    }

    // Who serves at the place of a server: itself, its backup when it takes no new sessions, and its backup after it when it may overflow. A
    // backup that keeps the service comes first.
    private IEnumerable<int> Servers(int id, HashSet<int> visited)
    {
        if (!visited.Add(id) || !_configs.TryGetValue(id, out RealConfig? real))
        {
            yield break;
        }
        if (facts.StandIns.KeeperOf(id) is { } keeper && visited.Add(keeper))
        {
            yield return keeper;
        }
        bool takesNew = facts.TakesNew(real);
        if (takesNew)
        {
            yield return id;
        }
        if (real.Backup is { } backup && (!takesNew || real.Overflow))
        {
            foreach (int next in Servers(backup.Id, visited))
            {
                yield return next;
            }
        }
    }

    // The last resort: when no member is in service, and when all are full, unless none of them may overflow.
    private ServerGroup? Backup(GroupConfig group, GroupMember[] members, bool isV6, HashSet<int> above)
    {
        bool serves = members.Any(member => member.Servers.Length > 0);
        bool mayOverflow = members.Any(
            member => member.Servers.Length > 0 && _configs[member.Servers[0].Id].Overflow);
        if (group.Backup is not { } backup || (serves && !mayOverflow))
        {
            return null;
        }
        if (backup.IsGroup)
        {
            return above.Contains(backup.Id) ? null : Build(backup.Id, isV6, above);
        }
        if (!_configs.TryGetValue(backup.Id, out RealConfig? real) || real.Address?.IsV6 != isV6)
        {
            return null;
        }
        GroupMember[] only = [MakeMember(real, group, isV6)];
        return new ServerGroup((ushort)group.Id, MetricCatalog.Make("leastconns", new MetricInput(only)), only);
    }
}
