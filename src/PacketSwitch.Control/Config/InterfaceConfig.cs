// What the operator said about one address of the switch itself. Passive data.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>The switch's own address (<c>if N</c>).</summary>
public sealed record InterfaceConfig(int Id)
{
    public string Path => $"if {Id}";

    /// <summary>A validated configuration has it where the interface is enabled.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>Prefix length; null while no mask is said.</summary>
    public int? MaskBits { get; init; }

    /// <summary>The mask's length, or 24 (IPv4) and 64 (IPv6) where none is said.</summary>
    public int PrefixLength => MaskBits ?? (Address is { IsV6: true } ? 64 : 24);

    /// <summary>VLAN identifier; 0 means untagged.</summary>
    public int Vlan { get; init; }

    public bool Enabled { get; init; }

    /// <summary>True if the address lies in the network of this interface.</summary>
    public bool Contains(IpAddress address) =>
        Address is { } own && address.IsInNetwork(own, PrefixLength);
}
