// The status as ipvsadm -Ln lists it, for scripts and exporters that read that.

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>ipvsadm's listing.</summary>
internal static class IpvsText
{
    public static string Of(StatusReport status, StatsReport stats)
    {
        var text = new StringBuilder();
        text.Append("IP Virtual Server version 1.2.1 (size=").Append(status.Sessions.Max).Append(")\n");
        text.Append("Prot LocalAddress:Port Scheduler Flags\n");
        text.Append("  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n");
        foreach (VirtStatus virt in status.Virts.Where(virt => virt.Enabled))
        {
            foreach (ServiceStatus service in virt.Services)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{service.Proto.ToUpperInvariant(),-4} {StatusText.EndPoint(virt.Vip, service.Port)} {Scheduler(service.Metric)}\n");
                VirtStats? counted = stats.Virts.FirstOrDefault(
                    each => each.Id == virt.Id && each.Port == service.Port && each.Proto == service.Proto);
                foreach (RealStats real in counted?.Reals ?? [])
                {
                    RealStatus? state = status.Reals.FirstOrDefault(each => each.Id == real.Id);
                    int weight = state is { State: "up" or "overloaded" } ? state.Weight : 0;
                    string remote = StatusText.EndPoint(real.Address, service.Rport);
                    text.Append(CultureInfo.InvariantCulture,
                        $"  -> {remote,-28} {Forward(service.Mode),-7} {weight,-6} {real.Current,-10} 0         \n");
                }
            }
        }
        return text.ToString();
    }

    private static string Forward(string mode) => mode == "dsr" ? "Route" : "Masq";

    private static string Scheduler(string metric) => metric switch
    {
        "leastconns" or "svcleast" => "wlc",
        "roundrobin" => "wrr",
        "hash" => "sh",
        "phash" or "minmisses" => "mh",
        _ => metric,
    };
}
