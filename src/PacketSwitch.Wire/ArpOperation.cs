// The two ARP operations the switch speaks.

namespace PacketSwitch.Wire;

/// <summary>ARP operation codes (RFC 826). Others may appear on the wire.</summary>
public enum ArpOperation : ushort
{
    Request = 1,
    Reply = 2,
}
