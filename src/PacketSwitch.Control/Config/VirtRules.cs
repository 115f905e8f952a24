// Rules about virtual servers.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class VirtRules
{
    public static void Check(ConfigFindings findings)
    {
        foreach (VirtConfig virt in findings.Config.Virts)
        {
            CheckAddress(findings, virt);
            if (virt.Services.Count == 0 && !virt.AnyPort && findings.Lacks(virt.Path, "service"))
                findings.Warn(virt.Path, "", $"{virt.Path} has no service; add: service PORT");
            if (!virt.Enabled && findings.Lacks(virt.Path, "ena"))
                findings.Warn(virt.Path, "", $"{virt.Path} is not enabled; add: ena");
        }
    }

    private static void CheckAddress(ConfigFindings findings, VirtConfig virt)
    {
        if (virt.Address is not { } address)
        {
            if (findings.Lacks(virt.Path, "vip"))
                findings.Error(virt.Path, "",
                    $"{virt.Path} has no vip, the address clients use; add: vip ADDRESS");
            return;
        }
        InterfaceConfig? own = findings.Config.Interfaces.FirstOrDefault(
            item => item.Address == address);
        if (HostAddress.Problem(findings.Config, address) is { } why)
            findings.Error(virt.Path, "vip", $"{virt.Path} vip {address} {why}");
        else if (own is not null)
            findings.Error(virt.Path, "vip",
                $"{virt.Path} vip {address} is the switch's own address ({own.Path})");
        else if (InterfaceRules.OutsideOf(findings.Config, address) is { } networks)
            findings.Warn(
                virt.Path, "vip", $"{virt.Path} vip {address} is outside every interface network "
                + $"({networks}); clients there will not be answered by ARP");
    }
}
