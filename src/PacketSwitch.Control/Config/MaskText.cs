// Writes the mask of an interface: dotted for IPv4, a prefix length for IPv6.

using System.Globalization;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class MaskText
{
    /// <summary>Null while no mask is said.</summary>
    public static string? Format(InterfaceConfig item)
    {
        if (item.MaskBits is not { } bits)
            return null;
        if (bits > 32 || item.Address is { IsV6: true })
            return bits.ToString(CultureInfo.InvariantCulture);
        return new Ipv4Address(bits == 0 ? 0 : uint.MaxValue << (32 - bits)).ToString();
    }
}
