// ICMPv4 message types (RFC 792) as constants that can stand in a switch.

namespace PacketSwitch.Wire;

/// <summary>Values of <see cref="IcmpView.Type"/> over IPv4.</summary>
public static class IcmpV4Type
{
    public const byte EchoReply = 0;
    public const byte DestinationUnreachable = 3;
    public const byte SourceQuench = 4;
    public const byte Redirect = 5;
    public const byte EchoRequest = 8;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    /// <summary>True for the types that report on another packet and quote it.</summary>
    public static bool IsError(byte type) =>
        type is DestinationUnreachable or SourceQuench or Redirect or TimeExceeded
            or ParameterProblem;
}
