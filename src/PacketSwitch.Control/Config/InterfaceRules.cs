// Rules about the switch's own addresses and its gateways.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class InterfaceRules
{
    public static void Check(ConfigFindings findings)
    {
        var owners = new Dictionary<IpAddress, InterfaceConfig>();
        foreach (InterfaceConfig item in findings.Config.Interfaces)
            CheckInterface(findings, item, owners);
        foreach (GatewayConfig gateway in findings.Config.Gateways)
            CheckGateway(findings, gateway);
    }

    /// <summary>
    /// The networks of the enabled interfaces of the address's family, or null if there is none or
    /// the address lies in one: "if 1 is 192.0.2.0/24".
    /// </summary>
    public static string? OutsideOf(SwitchConfig config, IpAddress address)
    {
        InterfaceConfig[] usable = [.. config.Interfaces.Where(item =>
            item.Enabled && item.Address is { } own && own.IsV6 == address.IsV6)];
        if (usable.Length == 0 || usable.Any(item => item.Contains(address)))
            return null;
        return string.Join(
            ", ", usable.Select(item => $"{item.Path} is {HostAddress.Network(item)}"));
    }

    private static void CheckInterface(
        ConfigFindings findings, InterfaceConfig item,
        Dictionary<IpAddress, InterfaceConfig> owners)
    {
        if (item.Address is not { } address)
        {
            if (findings.Lacks(item.Path, "addr"))
                findings.Error(item.Path, "", $"{item.Path} has no address; add: addr ADDRESS");
            return;
        }
        if (HostAddress.Problem(findings.Config, address) is { } why)
            findings.Error(item.Path, "addr", $"{item.Path} addr {address} {why}");
        else if (!owners.TryAdd(address, item))
            findings.Error(
                item.Path, "addr", $"{item.Path} has the same address as {owners[address].Path}");
        if (item.MaskBits > address.Bits)
            findings.Error(item.Path, "mask",
                $"{item.Path} mask has {item.MaskBits} bits; an IPv4 address has 32");
        if (!item.Enabled && findings.Lacks(item.Path, "ena"))
            findings.Warn(item.Path, "", $"{item.Path} is not enabled; add: ena");
    }

    private static void CheckGateway(ConfigFindings findings, GatewayConfig gateway)
    {
        if (gateway.Address is not { } address)
        {
            if (findings.Lacks(gateway.Path, "addr"))
                findings.Error(
                    gateway.Path, "", $"{gateway.Path} has no address; add: addr ADDRESS");
            return;
        }
        InterfaceConfig? own = findings.Config.Interfaces.FirstOrDefault(
            item => item.Address == address);
        if (HostAddress.Problem(findings.Config, address) is { } why)
            findings.Error(gateway.Path, "addr", $"{gateway.Path} addr {address} {why}");
        else if (own is not null)
            findings.Error(gateway.Path, "addr",
                $"{gateway.Path} addr {address} is the switch's own address ({own.Path})");
        else if (OutsideOf(findings.Config, address) is { } networks)
            findings.Warn(gateway.Path, "addr",
                $"{gateway.Path} addr {address} is outside every interface network ({networks}); "
                + "it cannot be reached");
        if (!gateway.Enabled && findings.Lacks(gateway.Path, "ena"))
            findings.Warn(gateway.Path, "", $"{gateway.Path} is not enabled; add: ena");
    }
}
