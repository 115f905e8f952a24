// What the validator asks of addresses.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class HostAddress
{
    private const ulong MappedPrefix = 0xffff;

    /// <summary>
    /// Why no single host can have the address: "is not the address of a host" (0.0.0.0, broadcast,
    /// multicast, loopback), or the IPv4 address that it should be, or the network of an interface
    /// whose broadcast or own address it is. Null when a host can.
    /// </summary>
    public static string? Problem(SwitchConfig config, IpAddress address)
    {
        if (address.IsUnspecified || address.IsMulticast || address.IsLoopback
            || (!address.IsV6 && address.V4.IsBroadcast))
            return "is not the address of a host";
        if (address.IsV6)
            return address.V6.High == 0 && address.V6.Low >> 32 == MappedPrefix
                ? $"is an IPv4 address; write it as {new Ipv4Address((uint)address.V6.Low)}"
                : null;
        return config.Interfaces.FirstOrDefault(item => IsEndOf(item, address)) is { } at
            ? $"is the broadcast or network address of {at.Path}, {Network(at)}"
            : null;
    }

    // The first and the last address of an IPv4 network of more than two (RFC 1122, RFC 3021).
    private static bool IsEndOf(InterfaceConfig item, IpAddress address)
    {
        if (!item.Enabled || item.Address is not { IsV6: false } || item.PrefixLength is 0 or > 30
            || !item.Contains(address))
            return false;
        uint hosts = uint.MaxValue >> item.PrefixLength;
        uint host = (uint)address.V4.Value & hosts;
        return host == 0 || host == hosts;
    }

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
