// One object of a configuration together with the rows that read and write its words.

namespace PacketSwitch.Control.Config;

/// <summary>
/// <see cref="Header"/> opens the object's menu in a file; <see cref="Fresh"/> is the same object
/// with every default.
/// </summary>
internal sealed record ConfigBlock(
    string Header, object Item, object Fresh, IReadOnlyList<WordRow> Rows)
{
    /// <summary>False for the menus without numbers, which always exist.</summary>
    public bool IsNumbered =>
        !Fresh.Equals(Item) || Item is not (SystemConfig or AdvancedConfig or SlbSettings);

    public static IEnumerable<ConfigBlock> Of(SwitchConfig config)
    {
        yield return new ConfigBlock("/c/sys", config.System, new SystemConfig(), WordTable.System);
        foreach (InterfaceConfig item in config.Interfaces)
            yield return new ConfigBlock(
                $"/c/l3/{item.Path}", item, new InterfaceConfig(item.Id), WordTable.Interface);
        foreach (GatewayConfig item in config.Gateways)
            yield return new ConfigBlock(
                $"/c/l3/{item.Path}", item, new GatewayConfig(item.Id), WordTable.Gateway);
        foreach (PortConfig item in config.Ports)
            yield return new ConfigBlock(
                $"/c/slb/{item.Path}", item, new PortConfig(item.Id), WordTable.Port);
        yield return new ConfigBlock(
            "/c/slb/adv", config.Advanced, new AdvancedConfig(), WordTable.Advanced);
        foreach (RealConfig item in config.Reals)
            yield return new ConfigBlock(
                $"/c/slb/{item.Path}", item, new RealConfig(item.Id), WordTable.Real);
        foreach (GroupConfig item in config.Groups)
            yield return new ConfigBlock(
                $"/c/slb/{item.Path}", item, new GroupConfig(item.Id), WordTable.Group);
        foreach (VirtConfig item in config.Virts)
        {
            yield return new ConfigBlock(
                $"/c/slb/{item.Path}", item, new VirtConfig(item.Id), WordTable.Virt);
            foreach (ServiceConfig service in item.Services)
                yield return OfService(service);
        }
        yield return new ConfigBlock(
            "/c/slb", new SlbSettings(config.SlbOn), new SlbSettings(On: false), WordTable.Slb);
    }

    private static ConfigBlock OfService(ServiceConfig service)
    {
        string name = service.Name.Length == 0 ? "" : $" {service.Name}";
        return new ConfigBlock($"/c/slb/{service.Path}{name}", service,
            new ServiceConfig(service.VirtId, service.Port), WordTable.Service);
    }
}
