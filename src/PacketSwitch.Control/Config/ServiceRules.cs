// Rules about virtual services.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class ServiceRules
{
    private const int FtpPort = 21;

    public static void Check(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        Dictionary<int, GroupConfig> groups = config.Groups.ToDictionary(group => group.Id);
        Dictionary<int, RealConfig> reals = config.Reals.ToDictionary(real => real.Id);
        var owners = new Dictionary<(IpAddress, int, bool IsUdp), ServiceConfig>();
        foreach (VirtConfig virt in config.Virts)
        {
            foreach (ServiceConfig service in virt.Services)
            {
                CheckUnique(findings, virt, service, owners);
                CheckGroup(findings, virt, service, groups, reals);
                CheckMode(findings, virt, service);
                ProxyRules.Check(findings, virt, service);
            }
        }
    }

    private static void CheckUnique(
        ConfigFindings findings, VirtConfig virt, ServiceConfig service,
        Dictionary<(IpAddress, int, bool IsUdp), ServiceConfig> owners)
    {
        if (virt.Address is not { } vip)
            return;
        ServiceConfig? owner = null;
        if (service.HasTcp && !owners.TryAdd((vip, service.Port, false), service))
            owner = owners[(vip, service.Port, false)];
        if (service.HasUdp && !owners.TryAdd((vip, service.Port, true), service))
            owner ??= owners[(vip, service.Port, true)];
        if (owner is not null)
            findings.Error(service.Path, "",
                $"{Describe(service)} has the same vip {vip}, port and protocol as "
                + Describe(owner));
    }

    private static void CheckGroup(
        ConfigFindings findings, VirtConfig virt, ServiceConfig service,
        Dictionary<int, GroupConfig> groups, Dictionary<int, RealConfig> reals)
    {
        if (!groups.TryGetValue(service.Group, out GroupConfig? group))
        {
            string byDefault = findings.Lacks(service.Path, "group") ? " by default" : "";
            findings.Error(service.Path, "group",
                $"{Describe(service)} uses group {service.Group}{byDefault}, "
                + "which is not defined "
                + ConfigFindings.Defined(
                    findings.Config.Groups.Select(item => (item.Id, item.Name))));
            return;
        }
        if (virt.Address is not { } vip)
            return;
        foreach (int id in group.Members)
        {
            if (reals.TryGetValue(id, out RealConfig? real) && real.Address is { } rip
                && rip.IsV6 != vip.IsV6)
            {
                findings.Error(service.Path, "group",
                    $"{Describe(service)} has the {Family(vip)} vip {vip}, but "
                    + $"{real.Path} of {group.Path} is {Family(rip)} ({rip})");
                return;
            }
        }
    }

    private static void CheckMode(ConfigFindings findings, VirtConfig virt, ServiceConfig service)
    {
        if (service.DirectServerReturn && service.EffectiveRealPort != service.Port)
            findings.Error(service.Path, "rport", $"{Describe(service)} cannot change the port to "
                + $"{service.RealPort}: with nonat only MAC addresses change");
        if (service.DirectServerReturn && service.ProxyAddresses.Count > 0)
            findings.Error(
                service.Path, "pip", $"{Describe(service)} cannot have pip and nonat both");
        if (virt.Address is { } vip && service.BindingBits > vip.Bits)
            findings.Error(service.Path, "pmask",
                $"{Describe(service)} pmask {service.BindingBits} is longer than "
                + $"an {Family(vip)} address");
        if (service.Port == FtpPort && service.HasTcp)
            findings.Warn(
                service.Path, "", $"{Describe(service)}: FTP in active mode is not followed yet; "
                + "data connections go to no real server");
    }

    private static string Describe(ServiceConfig service) =>
        $"virt {service.VirtId} service {service.Port}";

    private static string Family(IpAddress address) => address.IsV6 ? "IPv6" : "IPv4";
}
