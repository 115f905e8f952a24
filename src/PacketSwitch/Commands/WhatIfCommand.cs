// `packetswitch whatif`: which flows would change server if a group were changed, before anybody
// changes it. The flows are let through two throw-away switches, one of the configuration as it is
// and one as it would be; the answer is counted, not computed.

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
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
    private static readonly GroupMetric[] Compared =
        [GroupMetric.Hash, GroupMetric.PersistentHash, GroupMetric.MinMisses,
            GroupMetric.LeastConnections];

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var config = new Option<string>("--config", "-c")
        {
            Description = "the configuration",
            Required = true,
        };
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
            Description = $"N generated flows, or a capture FILE (default {DefaultFlows})",
            DefaultValueFactory = _ => $"{DefaultFlows}",
        };
        var json = new Option<bool>("--json") { Description = "machine-readable output" };
        var command = new Command("whatif", "what would a change of a group move?")
        {
            config, add, remove, weight, metric, group, flows, json,
        };
        command.SetAction(parsed => Run(
            new Request(
                parsed.GetValue(config)!, parsed.GetValue(add), parsed.GetValue(remove),
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
        SwitchConfig? config = ConfigOption.TryRead(
            request.Config, ConfigUse.Replay, parsed => parsed, errors, out int exitCode);
        if (config is null)
        {
            return exitCode;
        }
        if (!TryFindService(request, config, out GroupConfig? group, out ServiceConfig? service,
            out VirtConfig? virt, out complaint)
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
        bool isCount = int.TryParse(
            request.Flows, NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        if (isCount && count is < 1 or > MostFlows)
        {
            errors.WriteLine($"--flows {request.Flows}: from 1 to {MostFlows}, or a capture file");
            return Usage;
        }
        var flows = new FlowSet(
            service!, virt!.Address!.Value, count, isCount ? null : request.Flows);
        List<Movement> movements = [];
        foreach (GroupMetric metric in Metrics(group!, change))
        {
            SwitchConfig before =
                Metric(config, group!.Id, change.Metric is null ? metric : group.Metric);
            SwitchConfig after = Metric(changed, group.Id, metric);
            SortedDictionary<long, int> now =
                flows.Assign(before, group.Id, out PortProblem? problem);
            if (problem is not null)
            {
                errors.WriteLine(problem.Message);
                return problem.ExitCode;
            }
            movements.Add(Movement.Of(
                Surroundings.MetricWord(metric), metric == group.Metric, GoesByClient(metric),
                now, flows.Assign(after, group.Id, out _), change.Remove ?? 0));
        }
        if (movements[0].Flows == 0)
        {
            errors.WriteLine($"whatif: none of the flows opened a session with group {group!.Id}; "
                + $"see: packetswitch explain");
            return 1;
        }
        output.WriteLine(
            request.Json ? Json(group!, said, movements) : Text(config, group!, said, movements));
        return 0;
    }

    // The present metric first, then others for comparison; a change of the metric is compared with
    // the present one alone.
    private static IEnumerable<GroupMetric> Metrics(GroupConfig group, ConfigChange change)
        => change.Metric is { } only ? [only] : Compared.Prepend(group.Metric).Distinct();

    private static bool GoesByClient(GroupMetric metric)
        => metric is GroupMetric.Hash or GroupMetric.PersistentHash or GroupMetric.MinMisses;

    private static SwitchConfig Metric(SwitchConfig config, int group, GroupMetric metric)
        => ConfigChange.WithGroup(config, config.FindGroup(group)! with { Metric = metric });

    private static string Text(
        SwitchConfig config, GroupConfig group, string said, List<Movement> movements)
    {
        var names = new Surroundings(config, []);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"group {group.Id}: {said}; of {movements[0].Flows:N0} flows would change server:");
        foreach (Movement movement in movements)
        {
            string note = movement.ByClient
                ? string.Create(CultureInfo.InvariantCulture,
                    $"least possible is {Percent(movement.Least, movement.Flows)} %")
                : movement.Moved > 0 ? "sessions of the removed server; the others are kept"
                : "sessions are kept; only new ones are shared anew";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {movement.Metric,-11} {Percent(movement.Moved, movement.Flows),5} % "
                + $"{movement.Moved,10:N0}     "
                + $"{(movement.IsCurrent ? "current metric; " : "")}{note}");
        }
        Movement first = movements[0];
        text.AppendLine("shares of new sessions:");
        foreach (int real in first.Before.Keys.Union(first.After.Keys).Order())
        {
            int before = first.Before.GetValueOrDefault(real);
            int after = first.After.GetValueOrDefault(real);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {names.Real(real),-20} {Percent(before, first.Flows),5} % > "
                + $"{Percent(after, first.After.Values.Sum()),5} %");
        }
        if (movements.Count == 1)
        {
            return text.Append("advice: established sessions stay where they are; counted are "
                + "clients that come again").ToString();
        }
        Movement? gentler = movements.Where(each => each.ByClient).MinBy(each => each.Moved);
        return text.Append(first.ByClient && gentler is not null && gentler.Moved < first.Moved / 2
            ? $"advice: with \"{first.Metric}\", change the group at a quiet hour, or the metric "
                + $"to {gentler.Metric} first"
            : "advice: nothing moves that need not").ToString();
    }

    private static string Json(GroupConfig group, string said, List<Movement> movements)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteNumber("group", group.Id);
            json.WriteString("change", said);
            json.WriteNumber("flows", movements[0].Flows);
            json.WriteStartArray("metrics");
            foreach (Movement movement in movements)
            {
                json.WriteStartObject();
                json.WriteString("metric", movement.Metric);
                json.WriteBoolean("current", movement.IsCurrent);
                json.WriteNumber("moved", movement.Moved);
                json.WriteNumber("kept", movement.Flows - movement.Moved);
                json.WriteNumber("least_possible", movement.Least);
                WriteShares(json, "before", movement.Before);
                WriteShares(json, "after", movement.After);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteShares(
        Utf8JsonWriter json, string name, SortedDictionary<int, int> shares)
    {
        json.WriteStartObject(name);
        foreach ((int real, int flows) in shares)
        {
            json.WriteNumber(real.ToString(CultureInfo.InvariantCulture), flows);
        }
        json.WriteEndObject();
    }

    private static string Percent(int part, int whole)
        => (whole == 0 ? 0 : 100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture);

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
        string Config, string? Add, int? Remove, string? Weight, string? Metric, int? Group,
            string Flows, bool Json);
}
