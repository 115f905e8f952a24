// ICMPv6 message types (RFC 4443 and RFC 4861) as constants that can stand in a switch.

namespace PacketSwitch.Wire;

/// <summary>Values of <see cref="IcmpView.Type"/> over IPv6.</summary>
public static class IcmpV6Type
{
    public const byte DestinationUnreachable = 1;
    public const byte PacketTooBig = 2;
    public const byte TimeExceeded = 3;
    public const byte ParameterProblem = 4;
    public const byte EchoRequest = 128;
    public const byte EchoReply = 129;
    public const byte RouterSolicitation = 133;
    public const byte RouterAdvertisement = 134;
    public const byte NeighborSolicitation = 135;
    public const byte NeighborAdvertisement = 136;
    public const byte Redirect = 137;

    /// <summary>
    /// True for the types that report on another packet and quote it (RFC 4443 2.1).
    /// </summary>
    public static bool IsError(byte type) => type < 128;
}
