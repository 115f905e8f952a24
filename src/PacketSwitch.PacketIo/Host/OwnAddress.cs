// An address of the switch itself, as the host port gives it to the host's stack.

using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>An address and the length of its network's prefix.</summary>
public readonly record struct OwnAddress(IpAddress Address, int PrefixLength);
