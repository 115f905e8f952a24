// `status -o wide`: the tables of `status` with every column that the report has. `status --csv`:
// the same, one row an object, for spreadsheets and scripts that split lines. Both from the report.

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>Status with all columns.</summary>
internal static class StatusWide
{
    private const string CsvHead = "type,id,name,address,port,proto,rport,mode,group,metric,weight,"
        + "admin,oper,state,since_s,check,result,info,failed,retry,failures,check_ms,up,members,"
        + "current,total,highest,pps_in,pps_out,packets_in,packets_out";

    public static string Of(StatusReport status)
        => new StringBuilder(StatusText.Head(status)).Append("\n\n").Append(Ports(status))
            .Append('\n').Append(Virts(status)).Append('\n').Append(Groups(status))
            .Append('\n').Append(Reals(status)).ToString();

    /// <summary>RFC 4180, a head line first; what an object does not have is empty.</summary>
    public static string Csv(StatusReport status)
    {
        var text = new StringBuilder(CsvHead).Append('\n');
        foreach (PortStatus port in status.Ports)
        {
            Row(text, "port", port.Id, port.Interface, "", "", "", "", StatusText.Roles(port),
                "", "", "", "", "", port.State, "", "", "", "", "", "", "", "", "", "", "", "", "",
                port.PpsIn, port.PpsOut, port.PacketsIn, port.PacketsOut);
        }
        foreach (VirtStatus virt in status.Virts)
        {
            foreach (ServiceStatus one in virt.Services)
            {
                Row(text, "virt", virt.Id, virt.Name, virt.Vip, one.Port, one.Proto, one.Rport,
                    one.Mode, one.Group, one.Metric, "", virt.Enabled ? "ena" : "dis", "",
                    one.State, "", "", "", "", "", "", "", "", one.RealsUp, one.Reals,
                    one.Sessions, "", "", "", "", "", "");
            }
        }
        foreach (GroupStatus group in status.Groups)
        {
            Row(text, "group", group.Id, group.Name, "", "", "", "", "", "", group.Metric,
                "", "", "", "", "", group.Health, "", "", "", "", "", "", group.MembersUp,
                group.Members.Count, "", "", "", "", "", "", "");
        }
        foreach (RealStatus real in status.Reals)
        {
            Row(text, "real", real.Id, real.Name, real.Rip, "", "", real.Rport, "",
                string.Join(' ', GroupsOf(status, real)), "", real.Weight, real.Admin, real.Oper,
                real.State, real.SinceS, real.Check.Type, real.Check.Result, real.Check.Info,
                real.Check.Failed, real.Check.Retry, real.Check.Failures, real.Check.Ms, "", "",
                real.Sessions.Current, real.Sessions.Total, real.Sessions.Highest, real.Pps, "", "",
                "");
        }
        return text.ToString();
    }

    private static ColumnTable Ports(StatusReport status)
    {
        var table = new ColumnTable("PORT", "INTERFACE", "ROLES", "STATE", "PPS IN:", "PPS OUT:",
            "PACKETS IN:", "PACKETS OUT:");
        foreach (PortStatus port in status.Ports)
        {
            table.Add($"{port.Id}", port.Interface, StatusText.Roles(port), port.State,
                NumberText.Of(port.PpsIn), NumberText.Of(port.PpsOut),
                NumberText.Of(port.PacketsIn), NumberText.Of(port.PacketsOut));
        }
        return table;
    }

    private static ColumnTable Virts(StatusReport status)
    {
        var table = new ColumnTable("VIRT", "NAME", "VIP:PORT", "PROTO", "RPORT:", "MODE", "ADMIN",
            "GROUP", "METRIC", "STATE", "REALS", "CUR:");
        foreach (VirtStatus virt in status.Virts)
        {
            foreach (ServiceStatus one in virt.Services)
            {
                table.Add($"{virt.Id}", Dash(virt.Name), StatusText.EndPoint(virt.Vip, one.Port),
                    one.Proto, $"{one.Rport}", one.Mode, virt.Enabled ? "ena" : "dis",
                    $"{one.Group}", one.Metric, one.State, $"{one.RealsUp}/{one.Reals}",
                    NumberText.Of(one.Sessions));
            }
        }
        return table;
    }

    private static ColumnTable Groups(StatusReport status) => StatusText.Groups(status.Groups);

    private static ColumnTable Reals(StatusReport status)
    {
        var table = new ColumnTable("REAL", "NAME", "RIP:RPORT", "WT:", "GROUPS", "ADMIN", "OPER",
            "STATE", "SINCE:", "CHECK", "RESULT", "FAILED", "FAILURES:", "MS:", "CUR:", "TOTAL:",
            "HIGH:", "PPS:", "INFO");
        foreach (RealStatus real in status.Reals)
        {
            table.Add($"{real.Id}", Dash(real.Name), StatusText.EndPoint(real.Rip, real.Rport),
                $"{real.Weight}", Dash(string.Join(' ', GroupsOf(status, real))), real.Admin,
                real.Oper, real.State, DurationText.Of(real.SinceS), real.Check.Type,
                Dash(real.Check.Result), $"{real.Check.Failed}/{real.Check.Retry}",
                NumberText.Of(real.Check.Failures),
                real.Check.Ms.ToString("0.0", CultureInfo.InvariantCulture),
                NumberText.Of(real.Sessions.Current), NumberText.Of(real.Sessions.Total),
                NumberText.Of(real.Sessions.Highest), NumberText.Of(real.Pps),
                Dash(real.Check.Info));
        }
        return table;
    }

    private static IEnumerable<int> GroupsOf(StatusReport status, RealStatus real)
        => status.Groups.Where(group => group.Members.Contains(real.Id)).Select(group => group.Id);

    private static void Row(StringBuilder text, params object[] cells)
        => text.AppendJoin(',', cells.Select(
            cell => Quoted(Convert.ToString(cell, CultureInfo.InvariantCulture)!))).Append('\n');

    private static string Quoted(string cell)
        => cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell
            : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Dash(string text) => text.Length == 0 ? "-" : text;
}
