// `packetswitch whatif`: which flows would change server if a group were changed, before anybody
// changes it. The flows are let through two throw-away switches, one of the configuration as it is
// and one as it would be; the answer is counted, not computed. With --flows live the flows are the
// sessions of the running switch, and its configuration, health and orders are taken as they are.

using System.CommandLine;
using System.Globalization;
using PacketSwitch.Client;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.WhatIf;
using PacketSwitch.Wire;

namespace PacketSwitch.Commands;

/// <summary>Counts what a change would move.</summary>
internal static class WhatIfCommand
{
    private const int Usage = PortProblem.Usage;
    private const int MostFlows = 2_000_000;
    private const int DefaultFlows = 20_000;
    private const string Live = "live";
    private static readonly GroupMetric[] Compared =
        [GroupMetric.Hash, GroupMetric.PersistentHash, GroupMetric.MinMisses,
            GroupMetric.LeastConnections];

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var config = new Option<string?>("--config", "-c") { Description = "the configuration" };
        Option<string?> socket = ClientOptions.Socket();
        var add = new Option<string?>("--add") { Description = "RIP: a real server more" };
        var remove = new Option<int?>("--remove") { Description = "ID: a real server less" };
        var weight = new Option<string?>("--weight") { Description = "ID=N: another weight" };
        var metric = new Option<string?>("--metric") { Description = "another metric" };
        var group = new Option<int?>("--group")
        {
            Description = "the group (default: that of the first service)",
        };
        var flows = new Option<string>("--flows")
        {
            Description = $"N generated flows, a capture FILE, or {Live}: the running switch's "
                + $"sessions (default {DefaultFlows})",
            DefaultValueFactory = _ => $"{DefaultFlows}",
        };
        var json = new Option<bool>("--json") { Description = "machine-readable output" };
        var command = new Command("whatif", "what would a change of a group move?")
        {
            config, add, remove, weight, metric, group, flows, json, socket,
        };
        command.SetAction(parsed => Run(
            new Request(
                parsed.GetValue(config), parsed.GetValue(socket), parsed.GetValue(add),
                    parsed.GetValue(remove),
                    parsed.GetValue(weight),
                parsed.GetValue(metric), parsed.GetValue(group), parsed.GetValue(flows)!,
                    parsed.GetValue(json)),
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(Request request, TextWriter output, TextWriter errors)
    {
        if (!TryReadChange(request, out ConfigChange change, out string? complaint))
        {
            errors.WriteLine($"whatif: {complaint}; see: packetswitch whatif --help");
            return Usage;
        }
        if (request.Flows == Live)
        {
            return ClientOptions.Run(request.Socket, client =>
            {
                var live = LiveFlows.Read(client);
                return Count(request, change, live.Config, live, output, errors);
            });
        }
        SwitchConfig? config = ConfigOption.TryRead(
            request.Config!, ConfigUse.Replay, parsed => parsed, errors, out int exitCode);
        return config is null ? exitCode
            : Count(request, change, config, null, output, errors);
    }

    private static int Count(
        Request request, ConfigChange change, SwitchConfig config, LiveFlows? live,
        TextWriter output, TextWriter errors)
    {
        if (!TryFindService(request, config, out GroupConfig? group, out ServiceConfig? service,
            out VirtConfig? virt, out string? complaint)
            || change.ApplyTo(config, group!, out string said, out complaint) is not { } changed)
        {
            errors.WriteLine($"whatif: {complaint}");
            return Usage;
        }
        if (change.Add is { } added && added.IsV6 != virt!.Address!.Value.IsV6)
        {
            errors.WriteLine(
                $"whatif: --add {added}: virt {virt.Id} is of the other address family");
            return Usage;
        }
        if (TryMakeFlows(request, service!, virt!, errors) is not { } flows)
        {
            return Usage;
        }
        SortedDictionary<long, int>? actual = null;
        if (live is not null)
        {
            (List<DescribedFlow> known, actual) = live.Of(group!.Id);
            flows = flows with { Known = known, Prepare = live.Prepare };
        }
        List<Movement> movements = Movements(
            flows, actual, config, changed, group!, change, out PortProblem? problem);
        if (problem is not null)
        {
            errors.WriteLine(problem.Message);
            return problem.ExitCode;
        }
        if (movements[0].Flows == 0)
        {
            errors.WriteLine(live is null
                ? $"whatif: none of the flows opened a session with group {group!.Id}; "
                    + "see: packetswitch explain"
                : $"whatif: group {group!.Id} has no sessions now; --flows N takes generated ones");
            return 1;
        }
        output.WriteLine(request.Json ? MovementText.Json(group!, said, movements)
            : MovementText.Text(config, group!, said, movements));
        if (live is { Sessions: { } all } && all.Sessions.Count < all.Matched)
        {
            errors.WriteLine($"the first {all.Sessions.Count} of {all.Matched} sessions");
        }
        return 0;
    }

    private static List<Movement> Movements(
        FlowSet flows, SortedDictionary<long, int>? actual, SwitchConfig config,
        SwitchConfig changed, GroupConfig group, ConfigChange change, out PortProblem? problem)
    {
        List<Movement> movements = [];
        problem = null;
        foreach (GroupMetric metric in Metrics(group, change))
        {
            // Under the present metric sessions are where they are; others are counted.
            bool isPresent = change.Metric is not null || metric == group.Metric;
            SwitchConfig before = Metric(config, group.Id, isPresent ? group.Metric : metric);
            SortedDictionary<long, int> now = isPresent && actual is not null
                ? actual : flows.Assign(before, group.Id, out problem);
            if (problem is not null)
            {
                break;
            }
            movements.Add(Movement.Of(
                Surroundings.MetricWord(metric), metric == group.Metric, GoesByClient(metric), now,
                flows.Assign(Metric(changed, group.Id, metric), group.Id, out _),
                change.Remove ?? 0));
        }
        return movements;
    }

    private static FlowSet? TryMakeFlows(
        Request request, ServiceConfig service, VirtConfig virt, TextWriter errors)
    {
        bool isLive = request.Flows == Live;
        bool isCount = int.TryParse(
            request.Flows, NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        if (isCount && count is < 1 or > MostFlows)
        {
            errors.WriteLine(
                $"--flows {request.Flows}: from 1 to {MostFlows}, a capture file, or {Live}");
            return null;
        }
        return new FlowSet(
            service, virt.Address!.Value, count, isCount || isLive ? null : request.Flows);
    }

    // The present metric first, then others for comparison; a change of the metric is compared with
    // the present one alone.
    private static IEnumerable<GroupMetric> Metrics(GroupConfig group, ConfigChange change)
        => change.Metric is { } only ? [only] : Compared.Prepend(group.Metric).Distinct();

    private static bool GoesByClient(GroupMetric metric)
        => metric is GroupMetric.Hash or GroupMetric.PersistentHash or GroupMetric.MinMisses;

    private static SwitchConfig Metric(SwitchConfig config, int group, GroupMetric metric)
        => ConfigChange.WithGroup(config, config.FindGroup(group)! with { Metric = metric });

    private static bool TryFindService(
        Request request, SwitchConfig config, out GroupConfig? group, out ServiceConfig? service,
            out VirtConfig? virt,
        out string? problem)
    {
        virt = config.Virts.FirstOrDefault(each => each is { Enabled: true, Address: not null }
            && each.Services.Any(one => request.Group is null || one.Group == request.Group));
        service = virt?.Services.First(one => request.Group is null || one.Group == request.Group);
        group = service is null ? null : config.FindGroup(service.Group);
        problem = service is null
            ? request.Group is { } asked ? $"no enabled virtual server uses group {asked}"
                : "no enabled virtual server has a service"
            : group is null ? $"group {service.Group} is not defined" : null;
        return problem is null;
    }

    private static bool TryReadChange(
        Request request, out ConfigChange change, out string? complaint)
    {
        change = new ConfigChange { Remove = request.Remove };
        complaint = null;
        if ((request.Config is null) != (request.Flows == Live))
        {
            complaint = request.Config is null
                ? $"-c FILE says the configuration; --flows {Live} asks the running switch"
                : $"--flows {Live} takes the running configuration, not -c";
            return false;
        }
        if (request is { Add: null, Remove: null, Weight: null, Metric: null })
        {
            complaint = "say what changes: --add RIP, --remove ID, --weight ID=N or --metric M";
            return false;
        }
        if (request.Add is { } text)
        {
            if (!IpAddress.TryParse(text, out IpAddress address))
            {
                complaint = $"--add {text}: no address";
                return false;
            }
            change = change with { Add = address };
        }
        if (request.Weight is { } said)
        {
            string[] halves = said.Split('=');
            if (halves.Length != 2 || !int.TryParse(halves[0], out int real)
                || !int.TryParse(halves[1], out int weight) || weight is < 0 or > 256)
            {
                complaint = $"--weight {said}: expected ID=N with N from 0 to 256, for example 1=3";
                return false;
            }
            change = change with { Weight = (real, weight) };
        }
        if (request.Metric is { } word)
        {
            GroupMetric[] found = [.. Enum.GetValues<GroupMetric>()
                .Where(each => Surroundings.MetricWord(each) == word)];
            if (found.Length == 0)
            {
                IEnumerable<string> known =
                    Enum.GetValues<GroupMetric>().Select(Surroundings.MetricWord);
                complaint = $"--metric {word}: one of {string.Join(", ", known)}";
                return false;
            }
            change = change with { Metric = found[0] };
        }
        return true;
    }

    private sealed record Request(
        string? Config, string? Socket, string? Add, int? Remove, string? Weight,
            string? Metric, int? Group,
            string Flows, bool Json);
}
