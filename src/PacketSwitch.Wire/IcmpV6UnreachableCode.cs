// Codes of ICMPv6 "destination unreachable" that the switch sends or looks for.

namespace PacketSwitch.Wire;

/// <summary>
/// Codes of <see cref="IcmpV6Type.DestinationUnreachable"/> (RFC 4443 section 3.1).
/// </summary>
public static class IcmpV6UnreachableCode
{
    public const byte NoRoute = 0;
    public const byte AdministrativelyProhibited = 1;
    public const byte Address = 3;
    public const byte Port = 4;
}
