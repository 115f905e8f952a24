// Codes of ICMPv4 "destination unreachable" that the switch sends or looks for.

namespace PacketSwitch.Wire;

/// <summary>
/// Codes of <see cref="IcmpV4Type.DestinationUnreachable"/> (RFC 792, RFC 1812 section 5.2.7.1).
/// </summary>
public static class IcmpV4UnreachableCode
{
    public const byte Network = 0;
    public const byte Host = 1;
    public const byte Protocol = 2;
    public const byte Port = 3;
    public const byte FragmentationNeeded = 4;
    public const byte AdministrativelyProhibited = 13;
}
