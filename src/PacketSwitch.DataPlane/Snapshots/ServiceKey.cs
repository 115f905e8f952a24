// Address, port and protocol of a virtual service or a balanced real server port: the key of the snapshot's tables.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>What a service listens on.</summary>
public readonly record struct ServiceKey(IpAddress Address, ushort Port, byte Protocol);
