// /info/arp, link, l2, sys and /maint/events: what lies around the servers.

using System.Globalization;
using System.Text;
using PacketSwitch.Control.Events;
using PacketSwitch.DataPlane;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Shell;

/// <summary>Neighbours, ports, the switch itself.</summary>
internal static class NetworkInfo
{
    private const int LastEvents = 30;

    public static string Neighbors(ShellContext context, string[] words)
    {
        var table = new ColumnTable("ADDRESS", "MAC", "PORT:", "VLAN:", "STATE");
        foreach (Neighbor one in context.Api.View.Control.Cell.Current.Neighbors)
        {
            string port = one.Port < 0 ? "?" : $"{context.Api.View.Ports[one.Port].Id}";
            table.Add(one.Address.ToString(), one.IsResolved ? one.Mac.ToString() : "-", one.IsResolved ? port : "-",
                one.VlanTag < 0 ? "?" : $"{one.VlanTag & 0xfff}", one.IsResolved ? "resolved" : "asked");
        }
        return table.ToString();
    }

    /// <summary>What is known of an address's place on the network.</summary>
    public static Neighbor? NeighborOf(ShellContext context, string address)
    {
        foreach (Neighbor one in context.Api.View.Control.Cell.Current.Neighbors)
        {
            if (one.Address.ToString() == address)
                return one;
        }
        return null;
    }

    public static string Ports(ShellContext context, string[] words)
    {
        var table = new ColumnTable("PORT:", "INTERFACE", "ROLES", "STATE", "PACKETS IN:", "PACKETS OUT:");
        foreach (PortStatus port in context.Api.Status.Read().Ports)
        {
            table.Add($"{port.Id}", port.Interface, StatusText.Roles(port), port.State,
                NumberText.Of(port.PacketsIn), NumberText.Of(port.PacketsOut));
        }
        return table.ToString();
    }

    public static string System(ShellContext context, string[] words) => StatusText.Head(context.Api.Status.Read()) + "\n";

    public static string Events(ShellContext context, string[] words)
    {
        var text = new StringBuilder();
        foreach (SwitchEvent one in context.Api.View.Control.Events.After(0, out _).TakeLast(LastEvents))
            text.Append(CultureInfo.InvariantCulture, $"{one.Time:yyyy-MM-dd HH:mm:ss} {one.Message}\n");
        return text.ToString();
    }
}
