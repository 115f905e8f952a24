// `status` as text, from the same report that --json prints. Each line fits 100 columns where names are short; the last lines say in a sentence
// what is wrong and which command comes next.

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>Status for people.</summary>
internal static class StatusText
{
    public static string Of(StatusReport status)
    {
        var text = new StringBuilder();
        text.Append(Head(status)).Append('\n');
        text.Append(Ports(status.Ports));
        Append(text, Virts(status.Virts));
        Append(text, Reals(status.Reals));
        if (status.Problems.Count > 0)
        {
            text.Append('\n').AppendJoin('\n', status.Problems).Append('\n');
            text.Append("see: packetswitch events --since 10m");
            RealStatus? failed = status.Reals.FirstOrDefault(real => real.State == "failed");
            text.Append(failed is null ? "\n" : $"      take it out: packetswitch real dis {failed.Id}\n");
        }
        return text.ToString();
    }

    /// <summary>The line about the switch itself.</summary>
    public static string Head(StatusReport status)
    {
        string name = status.Name.Length == 0 ? "" : $"{status.Name}  ";
        string config = (status.Config.Pending, status.Config.Unsaved) switch
        {
            (0, 0) => "running = saved",
            (0, var unsaved) => $"{unsaved} not saved",
            (var pending, 0) => $"{pending} pending",
            var (pending, unsaved) => $"{pending} pending, {unsaved} not saved",
        };
        string confirm = status.Config.ConfirmS == 0 ? "" : $", goes back in {status.Config.ConfirmS} s unless confirmed";
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}PacketSwitch {status.Version}  up {DurationText.Of(status.UptimeS)}  SLB {OnOff(status.Slb)}  "
                + $"DAM {(status.Dam ? "ena" : "dis")}  sessions {NumberText.Of(status.Sessions.Current)}/"
                + $"{NumberText.Of(status.Sessions.Max)}  config: {config}{confirm}");
    }

    public static string Roles(PortStatus port) => (port.Client, port.Server) switch
    {
        (true, true) => "client+server",
        (true, false) => "client",
        (false, true) => "server",
        _ => "-",
    };

    public static string Ports(IReadOnlyList<PortStatus> ports)
    {
        var text = new StringBuilder();
        foreach (PortStatus port in ports)
        {
            text.Append(CultureInfo.InvariantCulture, $"port {port.Id} {Roles(port)} {port.Interface} {port.State}  ");
            text.Append(CultureInfo.InvariantCulture, $"{NumberText.Of(port.PpsIn)} pps in  {NumberText.Of(port.PpsOut)} out\n");
        }
        return text.ToString();
    }

    public static ColumnTable Virts(IReadOnlyList<VirtStatus> virts)
    {
        var table = new ColumnTable("VIRT", "NAME", "VIP:PORT", "PROTO", "GROUP", "METRIC", "STATE", "REALS", "CUR:");
        foreach (VirtStatus virt in virts)
        {
            foreach (ServiceStatus service in virt.Services)
            {
                table.Add($"{virt.Id}", Dash(virt.Name), EndPoint(virt.Vip, service.Port), service.Proto, $"{service.Group}",
                    service.Metric, service.State, $"{service.RealsUp}/{service.Reals}", NumberText.Of(service.Sessions));
            }
        }
        return table;
    }

    public static ColumnTable Groups(IReadOnlyList<GroupStatus> groups)
    {
        var table = new ColumnTable("GROUP", "NAME", "METRIC", "HEALTH", "BACKUP", "UP", "REALS");
        foreach (GroupStatus group in groups)
        {
            table.Add($"{group.Id}", Dash(group.Name), group.Metric, group.Health, Dash(group.Backup),
                $"{group.MembersUp}/{group.Members.Count}", Dash(string.Join(' ', group.Members)));
        }
        return table;
    }

    public static ColumnTable Reals(IReadOnlyList<RealStatus> reals)
    {
        var table = new ColumnTable("REAL", "NAME", "RIP:RPORT", "WT:", "STATE", "SINCE:", "CHECK", "CUR:", "TOTAL:", "HIGH:", "PPS:");
        foreach (RealStatus real in reals)
        {
            table.Add($"{real.Id}", Dash(real.Name), real.Rport == 0 ? real.Rip : EndPoint(real.Rip, real.Rport), $"{real.Weight}",
                State(real), DurationText.Of(real.SinceS), Check(real.Check), NumberText.Of(real.Sessions.Current),
                NumberText.Of(real.Sessions.Total), NumberText.Of(real.Sessions.Highest), NumberText.Of(real.Pps));
        }
        return table;
    }

    public static string EndPoint(string address, int port) => address.Contains(':') ? $"[{address}]:{port}" : $"{address}:{port}";

    private static void Append(StringBuilder text, ColumnTable table)
    {
        if (!table.IsEmpty)
            text.Append('\n').Append(table);
    }

    private static string State(RealStatus real) => real.State == "failed" ? "FAILED"
        : real.State == "draining" && real.Oper == "none" ? "draining (weight 0)" : real.State;

    private static string Check(CheckStatus check)
    {
        string took = check.Ms > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {check.Ms:0.0} ms") : "";
        return $"{check.Type} {check.Result} {(check.Result == "L4OK" ? "" : check.Info)}".TrimEnd() + took;
    }

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Dash(string text) => text.Length == 0 ? "-" : text;
}
