// What tells the fragments of one datagram from all others: addresses, identification, protocol
// (RFC 791 section 3.2; RFC 8200 section 4.5 leaves the protocol out), and where they came in.
// Key of FragmentTable.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The name of a divided datagram.</summary>
/// <param name="Source">Who it is from.</param>
/// <param name="Destination">Who it is for.</param>
/// <param name="Id">Identification: 16 bits of IPv4, 32 of IPv6.</param>
/// <param name="Protocol">IPv4 protocol; 0 for IPv6, where only the first fragment says it.</param>
/// <param name="Port">Index of the port, so that one side of the switch cannot spoil the other's
/// datagrams.</param>
/// <param name="VlanId">VLAN.</param>
public readonly record struct FragmentKey(
    IpAddress Source, IpAddress Destination, uint Id, byte Protocol, byte Port, ushort VlanId);
