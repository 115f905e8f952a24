// Reads the state of the running switch into a StatusReport. Called by the control socket and the shell.

using System.Globalization;
using System.Reflection;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Control.Live;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Reports;

/// <summary>The state of the switch as a report.</summary>
internal sealed class StatusReader(LiveView view, RateMeter meter)
{
    /// <summary>The program's version.</summary>
    public static string Version { get; } = typeof(StatusReader).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Everything, of one moment.</summary>
    public StatusReport Read()
    {
        LiveView.Facts facts = view.Read();
        SwitchConfig config = facts.Config;
        ConfigStanding standing = view.Config.Standing;
        RealStatus[] reals = [.. config.Reals.Select(real => Real(real, facts))];
        VirtStatus[] virts = [.. config.Virts.Select(virt => Virt(virt, facts))];
        PortStatus[] ports = [.. config.Ports.Select(Port)];
        return new StatusReport
        {
            Name = config.System.Name,
            Version = Version,
            Pid = Environment.ProcessId,
            UptimeS = (facts.NowNs - view.StartedNs) / 1_000_000_000,
            Slb = config.SlbOn,
            Dam = config.Advanced.DirectAccess,
            Config = new ConfigStatus(
                standing.Pending, standing.Unsaved, (long)Math.Ceiling((standing.ConfirmWithin ?? TimeSpan.Zero).TotalSeconds),
                view.Config.File),
            Sessions = new SessionsStatus(
                view.Tables.SessionCount, view.Tables.Sessions4.Capacity, view.Loops.Sum(loop => loop.Opened)),
            Ports = ports,
            Virts = virts,
            Groups = [.. config.Groups.Select(group => Group(group, facts))],
            Reals = reals,
            Problems = StatusProblems.Of(config, ports, virts, reals),
        };
    }

    private PortStatus Port(PortConfig port)
    {
        int index = view.Ports.Select(open => open.Id).ToList().IndexOf(port.Id);
        IPacketPort? open = index < 0 ? null : view.Ports[index];
        PortStatistics counted = open?.ReadStatistics() ?? default;
        RateMeter.Rates rates = meter.Current;
        return new PortStatus
        {
            Id = port.Id,
            Interface = open?.Name ?? port.Interface,
            Client = port.Client,
            Server = port.Server,
            State = open is null ? "next-start" : open.IsUp ? "up" : "down",
            PacketsIn = counted.ReceivedFrames,
            PacketsOut = counted.SentFrames,
            PpsIn = open is null ? 0 : rates.Port(index, one => one.ReceivedFrames),
            PpsOut = open is null ? 0 : rates.Port(index, one => one.SentFrames),
        };
    }

    private VirtStatus Virt(VirtConfig virt, LiveView.Facts facts) => new(
        virt.Id, virt.Name, virt.Address?.ToString() ?? "", virt.Enabled,
        [.. virt.Services.SelectMany(service => StatsReader.Protocols(service)
            .Select(protocol => Service(virt, service, protocol.Name, protocol.Number, facts)))]);

    private ServiceStatus Service(
        VirtConfig virt, ServiceConfig service, string protocolName, byte protocol, LiveView.Facts facts)
    {
        GroupConfig? group = facts.Config.FindGroup(service.Group);
        int[] members = [.. group?.Members ?? []];
        int up = members.Count(id => IsServing(facts, id));
        bool hasBackup = virt.Address is { } vip
            && facts.Snapshot.FindService(vip, (ushort)service.Port, protocol) is { Group.IsInService: true };
        return new ServiceStatus
        {
            Port = service.Port,
            Rport = service.EffectiveRealPort,
            Proto = protocolName,
            Group = service.Group,
            Metric = group is null ? "" : Words.Metric(group.Metric),
            Mode = service.DirectServerReturn ? "dsr" : service.ProxyAddresses.Count > 0 ? "fullnat" : "nat",
            State = !virt.Enabled || !facts.Config.SlbOn ? "disabled" : up == 0 ? hasBackup ? "backup" : "down"
                : up < members.Length ? "degraded" : "up",
            RealsUp = up,
            Reals = members.Length,
            Sessions = facts.Config.Reals.Sum(real => StatsReader.Sessions(view, service, protocol, real.Id)),
        };
    }

    private static GroupStatus Group(GroupConfig group, LiveView.Facts facts) => new(
        group.Id, group.Name, Words.Metric(group.Metric), Words.Health(group.Health), group.Backup?.ToString() ?? "",
        [.. group.Members], group.Members.Count(id => IsServing(facts, id)));

    private static bool IsServing(LiveView.Facts facts, int id)
        => facts.Config.FindReal(id) is { } real && facts.Servers.TakesNew(real);

    private RealStatus Real(RealConfig real, LiveView.Facts facts)
    {
        long sinceNs = facts.Servers.Health[real.Id].SinceNs ?? view.StartedNs;
        GroupConfig? group = facts.Config.Groups.FirstOrDefault(each => each.Members.Contains(real.Id));
        int current = view.Tables.Loads.Current(real.Id);
        ServiceConfig? service = facts.Config.Virts.SelectMany(virt => virt.Services)
            .FirstOrDefault(each => facts.Config.FindGroup(each.Group)?.Members.Contains(real.Id) == true);
        return new RealStatus
        {
            Id = real.Id,
            Name = real.Name,
            Rip = real.Address?.ToString() ?? "",
            Rport = service?.EffectiveRealPort ?? 0,
            Weight = real.Weight,
            Admin = real.Enabled ? "ena" : "dis",
            Oper = Words.Oper(facts.Servers.Drain(real.Id)),
            State = StateOf(real, facts, group, current),
            Since = (view.StartedAt + TimeSpan.FromTicks((sinceNs - view.StartedNs) / 100))
                .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            SinceS = Math.Max(0, facts.NowNs - sinceNs) / 1_000_000_000,
            Check = CheckOf(real, group?.Health, facts),
            Sessions = new RealSessions(current, view.Tables.Loads.Total(real.Id), view.Tables.Loads.Highest(real.Id)),
            Pps = meter.Current.Real(real.Id, one => one.Traffic.PacketsTo + one.Traffic.PacketsFrom),
        };
    }

    // The check that says no, else one that waits, else the first: what decides the state.
    private static CheckStatus CheckOf(RealConfig real, HealthCheckKind? groupKind, LiveView.Facts facts)
    {
        string kind = Words.Health(real.Health ?? groupKind ?? HealthCheckKind.None);
        IReadOnlyList<CheckReport> checks = facts.Health.GetValueOrDefault(real.Id)?.Checks ?? [];
        CheckReport? check = checks.FirstOrDefault(each => each.IsUp == false)
            ?? checks.FirstOrDefault(each => each.IsUp is null) ?? checks.FirstOrDefault();
        return check is null ? new CheckStatus(kind, "", "", 0, real.FailuresToDown, 0)
            : new CheckStatus(
                check.Check.Split(' ')[0], check.Status == HealthStatus.None ? "" : check.Status.ToString(), check.Detail,
                check.FailedInRow, check.FailuresToDown, Math.Round(check.TookMs, 3),
                checks.Sum(each => each.Failures));
    }

    private static string StateOf(RealConfig real, LiveView.Facts facts, GroupConfig? group, int current)
        => !real.Enabled || facts.Servers.Drain(real.Id) == DrainMode.Out ? "disabled"
            : facts.Health.GetValueOrDefault(real.Id) is { IsWaiting: true, IsUp: false } ? "waiting"
            : !facts.Servers.IsUp(real) ? "failed"
            : !facts.Servers.TakesNew(real) ? "draining"
            : real.MaxConnections > 0 && current >= real.MaxConnections ? "overloaded"
            : group is null && IsBackup(facts.Config, real.Id) ? "standby" : "up";

    private static bool IsBackup(SwitchConfig config, int id)
        => config.Groups.Any(group => group.Backup is { IsGroup: false } backup && backup.Id == id)
            || config.Reals.Any(real => real.Backup is { } backup && backup.Id == id);
}
