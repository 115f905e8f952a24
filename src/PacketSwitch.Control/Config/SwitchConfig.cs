// A whole configuration as the operator said it: immutable, compared by value, without behaviour.
// ConfigParser makes it, ConfigValidator judges it, ConfigWriter writes it, the control plane turns
// it into a snapshot. Every list is sorted by number.

namespace PacketSwitch.Control.Config;

/// <summary>
/// The configuration of a switch. Equality looks at what is configured and not at
/// <see cref="Sources"/>, which only says where it was written.
/// </summary>
public sealed record SwitchConfig
{
    public SystemConfig System { get; init; } = new();

    public AdvancedConfig Advanced { get; init; } = new();

    public ConfigList<InterfaceConfig> Interfaces { get; init; } = [];

    public ConfigList<GatewayConfig> Gateways { get; init; } = [];

    public ConfigList<PortConfig> Ports { get; init; } = [];

    public ConfigList<RealConfig> Reals { get; init; } = [];

    public ConfigList<GroupConfig> Groups { get; init; } = [];

    public ConfigList<VirtConfig> Virts { get; init; } = [];

    /// <summary>Off means a pure bridge.</summary>
    public bool SlbOn { get; init; }

    public SourceMap Sources { get; init; } = new();

    public RealConfig? FindReal(int id) => Reals.FirstOrDefault(real => real.Id == id);

    public GroupConfig? FindGroup(int id) => Groups.FirstOrDefault(group => group.Id == id);

    public VirtConfig? FindVirt(int id) => Virts.FirstOrDefault(virt => virt.Id == id);

    public PortConfig? FindPort(int id) => Ports.FirstOrDefault(port => port.Id == id);

    /// <summary>
    /// The same configuration with this interface on the port, as <c>run --port 8=eth0</c> says it.
    /// Null if there is no such port.
    /// </summary>
    public SwitchConfig? WithPortInterface(int portId, string interfaceName)
    {
        if (FindPort(portId) is null)
            return null;
        PortConfig[] ports = [.. Ports.Select(port =>
            port.Id == portId ? port with { Interface = interfaceName } : port)];
        return this with { Ports = [.. ports] };
    }

    public bool Equals(SwitchConfig? other) =>
        other is not null
        && System == other.System
        && Advanced == other.Advanced
        && Interfaces.Equals(other.Interfaces)
        && Gateways.Equals(other.Gateways)
        && Ports.Equals(other.Ports)
        && Reals.Equals(other.Reals)
        && Groups.Equals(other.Groups)
        && Virts.Equals(other.Virts)
        && SlbOn == other.SlbOn;

    public override int GetHashCode() =>
        HashCode.Combine(System, Advanced, Ports, Reals, Groups, Virts, SlbOn);
}
