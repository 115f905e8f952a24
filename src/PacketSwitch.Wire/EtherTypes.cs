// Ether types (IEEE 802, IANA registry) as constants that can stand in a switch.

namespace PacketSwitch.Wire;

/// <summary>Values of <see cref="EthernetView.EtherType"/> that the switch knows.</summary>
public static class EtherTypes
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Ipv6 = 0x86dd;

    /// <summary>IEEE 802.1Q customer tag.</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>IEEE 802.1ad service tag (QinQ).</summary>
    public const ushort ServiceVlan = 0x88a8;

    public const ushort Lldp = 0x88cc;
}
