// Rules about proxy addresses (pip): the switch answers ARP for them and takes what comes back to
// them, so each must be an address that nobody else has. Called by ServiceRules for each service.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class ProxyRules
{
    public static void Check(ConfigFindings findings, VirtConfig virt, ServiceConfig service)
    {
        string who = $"virt {service.VirtId} service {service.Port}";
        foreach (IpAddress proxy in service.ProxyAddresses)
        {
            if (Problem(findings.Config, virt, proxy) is { } why)
                findings.Error(service.Path, "pip", $"{who} pip {proxy} {why}");
        }
    }

    private static string? Problem(SwitchConfig config, VirtConfig virt, IpAddress proxy)
    {
        if (virt.Address is { } vip && vip.IsV6 != proxy.IsV6)
            return $"is not of the family of the vip {vip}";
        if (HostAddress.Problem(config, proxy) is { } why)
            return why;
        if (config.Virts.FirstOrDefault(item => item.Address == proxy) is { } taken)
            return $"is also the vip of {taken.Path}";
        if (config.Reals.FirstOrDefault(item => item.Address == proxy) is { } real)
            return $"is also the rip of {real.Path}";
        if (config.Gateways.FirstOrDefault(item => item.Address == proxy) is { } gateway)
            return $"is also the addr of {gateway.Path}";
        return config.Interfaces.FirstOrDefault(item => item.Address == proxy) is { } own
            ? $"is the switch's own address ({own.Path})"
            : null;
    }
}
