// The configuration that is being written: the parser and the shell change it word by word, and
// ToConfig gives the immutable result. One owner at a time; it is not safe for threads.

namespace PacketSwitch.Control.Config;

/// <summary>A configuration under construction.</summary>
public sealed class ConfigCandidate
{
    internal SortedDictionary<int, RealConfig> Reals { get; } = [];

    internal SortedDictionary<int, GroupConfig> Groups { get; } = [];

    internal SortedDictionary<int, VirtConfig> Virts { get; } = [];

    internal SortedDictionary<(int Virt, int Port), ServiceConfig> Services { get; } = [];

    internal SortedDictionary<int, PortConfig> Ports { get; } = [];

    internal SortedDictionary<int, InterfaceConfig> Interfaces { get; } = [];

    internal SortedDictionary<int, GatewayConfig> Gateways { get; } = [];

    internal SystemConfig System { get; set; } = new();

    internal AdvancedConfig Advanced { get; set; } = new();

    internal SlbSettings Slb { get; set; } = new(On: false);

    internal SourceMap Sources { get; private set; } = new();

    /// <summary>
    /// A candidate that starts as this configuration, for changing a running one.
    /// </summary>
    public static ConfigCandidate From(SwitchConfig config)
    {
        var candidate = new ConfigCandidate();
        candidate.Reset(config);
        return candidate;
    }

    /// <summary>Makes it this configuration; cursors on it stay where they are.</summary>
    public void Reset(SwitchConfig config)
    {
        Clear();
        System = config.System;
        Advanced = config.Advanced;
        Slb = new SlbSettings(config.SlbOn);
        Sources = config.Sources.Copy();
        foreach (RealConfig real in config.Reals)
            Reals.Add(real.Id, real);
        foreach (GroupConfig group in config.Groups)
            Groups.Add(group.Id, group);
        foreach (VirtConfig virt in config.Virts)
        {
            Virts.Add(virt.Id, virt with { Services = [] });
            foreach (ServiceConfig service in virt.Services)
                Services.Add((virt.Id, service.Port), service);
        }
        foreach (PortConfig port in config.Ports)
            Ports.Add(port.Id, port);
        foreach (InterfaceConfig item in config.Interfaces)
            Interfaces.Add(item.Id, item);
        foreach (GatewayConfig gateway in config.Gateways)
            Gateways.Add(gateway.Id, gateway);
    }

    private void Clear()
    {
        Reals.Clear();
        Groups.Clear();
        Virts.Clear();
        Services.Clear();
        Ports.Clear();
        Interfaces.Clear();
        Gateways.Clear();
    }

    /// <summary>What the candidate says now; later changes do not reach the result.</summary>
    public SwitchConfig ToConfig()
    {
        ILookup<int, ServiceConfig> services = Services.Values.ToLookup(service => service.VirtId);
        return new SwitchConfig
        {
            System = System,
            Advanced = Advanced,
            SlbOn = Slb.On,
            Interfaces = [.. Interfaces.Values],
            Gateways = [.. Gateways.Values],
            Ports = [.. Ports.Values],
            Reals = [.. Reals.Values],
            Groups = [.. Groups.Values],
            Virts = [.. Virts.Values
                .Select(virt => virt with { Services = [.. services[virt.Id]] })],
            Sources = Sources.Copy(),
        };
    }

    internal int? FindRealByName(string name) =>
        Reals.Values.FirstOrDefault(real => real.Name.Length > 0 && real.Name == name)?.Id;

    internal int? FindGroupByName(string name) =>
        Groups.Values.FirstOrDefault(group => group.Name.Length > 0 && group.Name == name)?.Id;

    internal int? FindVirtByName(string name) =>
        Virts.Values.FirstOrDefault(virt => virt.Name.Length > 0 && virt.Name == name)?.Id;

    internal void RemoveVirt(int id)
    {
        Virts.Remove(id);
        foreach ((int Virt, int Port) key in Services.Keys.Where(key => key.Virt == id).ToArray())
            Services.Remove(key);
    }
}
