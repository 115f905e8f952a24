// Rules about real servers.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class RealRules
{
    public static void Check(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        HashSet<int> ids = [.. config.Reals.Select(real => real.Id)];
        ILookup<IpAddress, VirtConfig> virts =
            config.Virts.Where(virt => virt.Address is not null)
                .ToLookup(virt => virt.Address!.Value);
        ILookup<IpAddress, InterfaceConfig> interfaces =
            config.Interfaces.Where(item => item.Address is not null)
                .ToLookup(item => item.Address!.Value);
        var owners = new Dictionary<IpAddress, RealConfig>();
        foreach (RealConfig real in config.Reals)
        {
            CheckAddress(findings, real, virts, interfaces, owners);
            CheckBackup(findings, real, ids);
            if (!real.Enabled && findings.Lacks(real.Path, "ena"))
                findings.Warn(real.Path, "", $"{real.Path} is not enabled; add: ena");
        }
    }

    private static void CheckAddress(
        ConfigFindings findings, RealConfig real, ILookup<IpAddress, VirtConfig> virts,
        ILookup<IpAddress, InterfaceConfig> interfaces, Dictionary<IpAddress, RealConfig> owners)
    {
        if (real.Address is not { } address)
        {
            if (findings.Lacks(real.Path, "rip"))
                findings.Error(real.Path, "",
                    $"{real.Path} has no rip, the address of the server; add: rip ADDRESS");
            return;
        }
        if (HostAddress.Problem(findings.Config, address) is { } why)
            findings.Error(real.Path, "rip", $"{real.Path} rip {address} {why}");
        else if (virts[address].FirstOrDefault() is { } virt)
            findings.Error(
                real.Path, "rip", $"{real.Path} rip {address} is also the vip of {virt.Path}");
        else if (interfaces[address].FirstOrDefault() is { } own)
            findings.Error(real.Path, "rip",
                $"{real.Path} rip {address} is the switch's own address ({own.Path})");
        else if (!owners.TryAdd(address, real))
            findings.Warn(
                real.Path, "rip", $"{real.Path} has the same rip as {owners[address].Path}");
    }

    private static void CheckBackup(ConfigFindings findings, RealConfig real, HashSet<int> ids)
    {
        if (real.Backup is not { } backup)
            return;
        if (backup.Id == real.Id)
            findings.Warn(real.Path, "backup", $"{real.Path} is its own backup");
        else if (!ids.Contains(backup.Id))
            findings.Error(real.Path, "backup",
                $"{real.Path} has the backup real {backup.Id}, which is not defined "
                + ConfigFindings.Defined(
                    findings.Config.Reals.Select(item => (item.Id, item.Name))));
        else if (findings.Config.FindReal(backup.Id)?.Address is { } address
            && real.Address is { } own && own.IsV6 != address.IsV6)
            findings.Warn(real.Path, "backup", $"{real.Path} has the backup real {backup.Id}, which "
                + "has an address of the other family: it can never stand in");
    }
}
