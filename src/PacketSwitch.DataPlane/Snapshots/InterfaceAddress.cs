// An address of the switch itself (if N). Part of the snapshot.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>An interface address with its network.</summary>
/// <param name="Id">Its number (<c>if N</c>).</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of the network.</param>
/// <param name="Vlan">VLAN, 0 for untagged.</param>
public sealed record InterfaceAddress(int Id, IpAddress Address, int PrefixLength, ushort Vlan);
