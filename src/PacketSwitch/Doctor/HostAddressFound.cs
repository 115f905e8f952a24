// An address that the host's own stack has. Part of Examination.

using PacketSwitch.Wire;

namespace PacketSwitch.Doctor;

/// <summary>An address of an interface of this machine.</summary>
internal sealed record HostAddressFound(string Interface, IpAddress Address, int PrefixLength);
