// What a running switch cannot change: it holds from the next start on. Asked by LiveConfig at each apply.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

/// <summary>Settings that are read at the start only.</summary>
public static class StartOnly
{
    /// <summary>A sentence for each setting in which a configuration differs from the one the switch was started with.</summary>
    public static IReadOnlyList<string> Differences(SwitchConfig started, SwitchConfig config)
    {
        List<string> found = [];
        foreach (PortConfig port in config.Ports)
        {
            PortConfig? was = started.FindPort(port.Id);
            if (was is null)
                found.Add($"port {port.Id} is new; it is opened at the next start");
            else if (was.Interface != port.Interface)
                found.Add($"port {port.Id} stays on {was.Interface}; it is {port.Interface} at the next start");
            else if (was.Cpu != port.Cpu)
                found.Add($"port {port.Id}/cpu counts at the next start");
            else if (was.Loops != port.Loops)
                found.Add($"port {port.Id}/loops counts at the next start");
        }
        foreach (PortConfig gone in started.Ports.Where(port => config.FindPort(port.Id) is null))
            found.Add($"port {gone.Id} stays open without a role; it is gone at the next start");
        if (started.System.Sessions != config.System.Sessions)
            found.Add($"sys/sessions stays {started.System.Sessions}; it is {config.System.Sessions} at the next start");
        if (started.System.Mac != config.System.Mac)
            found.Add("sys/mac changes at the next start");
        if (config.System.Offload && !started.System.Offload)
            found.Add("sys/offload ena counts at the next start");
        if (started.System.Web != config.System.Web)
            found.Add("sys/web changes at the next start");
        return found;
    }
}
