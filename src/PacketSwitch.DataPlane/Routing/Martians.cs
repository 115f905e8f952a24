// Addresses that can be nobody's on a wire (RFC 1812 section 5.3.7, RFC 6890). Asked by SlowPath for frames to a virtual server, and by
// Router. The bridge does not ask: it passes what it does not understand.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Impossible sources and destinations.</summary>
public static class Martians
{
    private const uint ThisNetwork = 0;
    private const uint Reserved = 0xf;
    private const ulong MappedPrefix = 0xffff;

    /// <summary>True when no host may send from this address: 0/8, 127/8, multicast and 240/4; ::, ::1, multicast, IPv4-mapped.</summary>
    public static bool IsSource(IpAddress address) => address.IsMulticast || IsNobody(address);

    /// <summary>True when nothing may be sent to this address through a router: 0/8, 127/8 and 240/4; ::, ::1, IPv4-mapped.</summary>
    public static bool IsDestination(IpAddress address) => IsNobody(address);

    /// <summary>True for addresses that mean something on their own link only (RFC 3927 section 7, RFC 4291 section 2.5.6).</summary>
    public static bool IsLinkLocal(IpAddress address)
        => address.IsV6 ? address.V6.High >> 54 == 0x3fa : address.V4.Value >> 16 == 0xa9fe;

    private static bool IsNobody(IpAddress address)
    {
        if (address.IsV6)
        {
            Ipv6Address v6 = address.V6;
            return address.IsUnspecified || address.IsLoopback || (v6.High == 0 && v6.Low >> 32 == MappedPrefix);
        }
        uint value = address.V4.Value;
        return value >> 24 == ThisNetwork || address.IsLoopback || value >> 28 == Reserved;
    }
}
