// IP protocol and IPv6 next-header numbers (IANA registry) as constants that can stand in a switch.

namespace PacketSwitch.Wire;

/// <summary>Protocol numbers of IPv4 and IPv6.</summary>
public static class IpProtocol
{
    /// <summary>IPv6 hop-by-hop options.</summary>
    public const byte HopByHop = 0;

    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;

    /// <summary>IPv6 routing header.</summary>
    public const byte Routing = 43;

    /// <summary>IPv6 fragment header.</summary>
    public const byte Fragment = 44;

    /// <summary>Encapsulating security payload.</summary>
    public const byte Esp = 50;

    public const byte AuthenticationHeader = 51;
    public const byte IcmpV6 = 58;
    public const byte NoNextHeader = 59;

    /// <summary>IPv6 destination options.</summary>
    public const byte DestinationOptions = 60;
}
