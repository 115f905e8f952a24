// Turns the IPv4 addresses of a scenario and its configuration into IPv6 ones, mechanically, so that every behaviour is tried with both
// families: 10.0.0.1 becomes fd00::a00:1, and a prefix keeps its meaning (a /24 becomes a /120).

using System.Text.RegularExpressions;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal static partial class FamilyMap
{
    private const ulong Network = 0xfd00_0000_0000_0000;
    private const int PrefixDifference = 128 - 32;

    /// <summary>A line of a scenario: <c>10.0.0.1:80</c> becomes <c>[fd00::a00:1]:80</c>.</summary>
    public static string Line(string text)
        => AddressWithPort().Replace(text, match => match.Groups[2].Success
            ? $"[{Map(match.Groups[1].Value)}]:{match.Groups[2].Value}"
            : Map(match.Groups[1].Value));

    /// <summary>A line of a configuration; masks become prefix lengths.</summary>
    public static string ConfigLine(string text)
    {
        text = Mask().Replace(text, match => $"mask {Bits(match.Groups[1].Value) + PrefixDifference}");
        return AddressWithPort().Replace(text, match => Map(match.Groups[1].Value)
            + (match.Groups[2].Success ? $":{match.Groups[2].Value}" : ""));
    }

    public static IpAddress Address(IpAddress v4) => IpAddress.Parse(Map(v4.ToString()));

    private static string Map(string text)
    {
        Ipv4Address address = Ipv4Address.Parse(text);
        return address switch
        {
            { IsUnspecified: true } => "::",
            { IsLoopback: true } => "::1",
            { IsMulticast: true } => new Ipv6Address(0xff02_0000_0000_0000, address.Value & 0xffff).ToString(),
            _ => new Ipv6Address(Network, address.Value).ToString(),
        };
    }

    private static int Bits(string mask) => System.Numerics.BitOperations.PopCount(Ipv4Address.Parse(mask).Value);

    [GeneratedRegex(@"(?<![\w.:])(\d+\.\d+\.\d+\.\d+)(?::(\d+|\$\w+))?(?![\w.])")]
    private static partial Regex AddressWithPort();

    [GeneratedRegex(@"\bmask\s+(\d+\.\d+\.\d+\.\d+)")]
    private static partial Regex Mask();
}
