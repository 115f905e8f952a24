// /info/slb: the state of servers and services in Alteon's words (ALTEON.md section 6).

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Shell;

/// <summary>Server load balancing information.</summary>
internal static class SlbInfo
{
    public static string Dump(ShellContext context, string[] words)
    {
        StatusReport status = context.Api.Status.Read();
        var text = new StringBuilder("Real server state:\n");
        foreach (RealStatus real in status.Reals)
            AppendReal(text, context, status, real);
        text.Append("\nVirtual server state:\n");
        foreach (VirtStatus virt in status.Virts)
            AppendVirt(text, context, status, virt);
        text.Append("\nRedirect filter state:\n\nPort state:\n");
        foreach (PortStatus port in status.Ports)
        {
            string roles = (port.Client, port.Server) switch
            {
                (true, true) => "client, server",
                (true, false) => "client",
                (false, true) => "server",
                _ => "no role",
            };
            text.Append(CultureInfo.InvariantCulture, $"  {port.Id}: {port.Interface}, {roles}, {port.State}\n");
        }
        return text.ToString();
    }

    public static string Real(ShellContext context, string[] words)
    {
        int id = ShellWords.Object(context, "real", words);
        StatusReport status = context.Api.Status.Read();
        var text = new StringBuilder();
        AppendReal(text, context, status, status.Reals.Single(real => real.Id == id));
        return text.ToString();
    }

    public static string Virt(ShellContext context, string[] words)
    {
        int id = ShellWords.Object(context, "virt", words);
        StatusReport status = context.Api.Status.Read();
        var text = new StringBuilder();
        AppendVirt(text, context, status, status.Virts.Single(virt => virt.Id == id));
        return text.ToString();
    }

    public static string Group(ShellContext context, string[] words)
    {
        int id = ShellWords.Object(context, "group", words);
        StatusReport status = context.Api.Status.Read();
        GroupStatus group = status.Groups.Single(each => each.Id == id);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Real server group {group.Id}, {Named(group.Name)}metric {group.Metric}, health {group.Health}");
        text.Append(group.Backup.Length == 0 ? "\n" : $", backup {group.Backup}\n");
        AppendMembers(text, status, group, "  ");
        return text.ToString();
    }

    // "  1: 10.10.1.11, 00:0c:29:aa:bb:01,  vlan 1, port 1, health 4, UP"; unlike Alteon's, the MAC may still be unknown.
    private static void AppendReal(StringBuilder text, ShellContext context, StatusReport status, RealStatus real)
    {
        DataPlane.Neighbor? neighbor = NetworkInfo.NeighborOf(context, real.Rip);
        string mac = neighbor is { IsResolved: true } known ? known.Mac.ToString() : "00:00:00:00:00:00";
        string port = neighbor is { IsResolved: true, Port: >= 0 } at ? $"{context.Api.View.Ports[at.Port].Id}" : "?";
        int vlan = neighbor is { VlanTag: > 0 } tagged ? tagged.VlanTag & 0xfff : 0;
        text.Append(CultureInfo.InvariantCulture,
            $"  {real.Id}: {real.Rip}, {mac},  vlan {vlan}, port {port}, health {real.Check.Retry}, {State(real.State)}\n");
        int[] ports = [.. status.Virts.SelectMany(virt => virt.Services)
            .Where(service => status.Groups.Any(group => group.Id == service.Group && group.Members.Contains(real.Id)))
            .Select(service => service.Rport).Distinct().Order()];
        if (ports.Length > 0)
            text.Append("     real ports: ").AppendJoin(", ", ports).Append('\n');
    }

    private static void AppendVirt(StringBuilder text, ShellContext context, StatusReport status, VirtStatus virt)
    {
        string family = virt.Vip.Contains(':') ? "IP6" : "IP4";
        string mac = context.Api.View.Control.Cell.Current.Mac.ToString();
        text.Append(CultureInfo.InvariantCulture,
            $"  {virt.Id}: {family} {virt.Vip},   {mac}, vname {virt.Name}{(virt.Enabled ? "" : ", DISABLED")}\n");
        text.Append("    Virtual Services:\n");
        foreach (ServiceStatus service in virt.Services)
        {
            GroupStatus? group = status.Groups.FirstOrDefault(each => each.Id == service.Group);
            string name = Control.Config.ServiceNames.NameOf(service.Port);
            text.Append(CultureInfo.InvariantCulture,
                $"    {(name.Length == 0 ? $"{service.Port}" : name)}: rport {service.Rport}, group {service.Group}, ");
            text.Append(CultureInfo.InvariantCulture,
                $"{Named(group?.Name ?? "")}health {group?.Health} ({service.Proto.ToUpperInvariant()}), {service.Mode}");
            text.Append(group is { Backup.Length: > 0 } ? $", backup {group.Backup}\n" : "\n");
            text.Append("        Real Servers:\n");
            if (group is not null)
                AppendMembers(text, status, group, "        ");
        }
    }

    private static void AppendMembers(StringBuilder text, StatusReport status, GroupStatus group, string indent)
    {
        foreach (RealStatus real in group.Members.Select(
            id => status.Reals.FirstOrDefault(each => each.Id == id)).OfType<RealStatus>())
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{indent}{real.Id}: {real.Rip}, {Named(real.Name)}group ena, health (runtime {real.Check.Type.ToUpperInvariant()}), ");
            text.Append(CultureInfo.InvariantCulture, $"{real.Check.Ms:0} ms, {State(real.State)}\n");
        }
    }

    private static string Named(string name) => name.Length == 0 ? "" : name + ", ";

    private static string State(string state) => state.ToUpperInvariant();
}
