// What the validator asks of addresses.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class HostAddress
{
    /// <summary>
    /// False for addresses that no single host has: 0.0.0.0, broadcast, multicast, loopback.
    /// </summary>
    public static bool IsValid(IpAddress address) =>
        !address.IsUnspecified && !address.IsMulticast && !address.IsLoopback
        && (address.IsV6 || !address.V4.IsBroadcast);

    /// <summary>The network of an interface: <c>192.0.2.0/24</c>.</summary>
    public static string Network(InterfaceConfig item)
    {
        if (item.Address is not { } address)
            return "";
        int bits = item.PrefixLength;
        IpAddress network = address.IsV6
            ? IpAddress.From(
                new Ipv6Address(address.V6.High & Mask(bits), address.V6.Low & Mask(bits - 64)))
            : IpAddress.From(new Ipv4Address((uint)(address.V4.Value & (Mask(bits) >> 32))));
        return $"{network}/{bits}";
    }

    private static ulong Mask(int bits) => bits switch
    {
        <= 0 => 0,
        >= 64 => ulong.MaxValue,
        _ => ulong.MaxValue << (64 - bits),
    };
}
