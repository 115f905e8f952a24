// An address of either family, for configuration, snapshots, logs and control: the places where the
// family is data. The data plane's tables use Ipv4Address and Ipv6Address instead.

namespace PacketSwitch.Wire;

/// <summary>
/// An IPv4 or IPv6 address. The default value is 0.0.0.0. An IPv4 address never equals an IPv6 one,
/// its mapped form included.
/// </summary>
public readonly struct IpAddress : IEquatable<IpAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;

    private IpAddress(ulong high, ulong low, bool isV6)
    {
        _high = high;
        _low = low;
        IsV6 = isV6;
    }

    public bool IsV6 { get; }

    /// <summary>The IPv4 address; 0.0.0.0 if <see cref="IsV6"/>.</summary>
    public Ipv4Address V4 => IsV6 ? default : new Ipv4Address((uint)_low);

    /// <summary>The IPv6 address; :: if not <see cref="IsV6"/>.</summary>
    public Ipv6Address V6 => IsV6 ? new Ipv6Address(_high, _low) : default;

    public bool IsMulticast => IsV6 ? V6.IsMulticast : V4.IsMulticast;

    public bool IsLoopback => IsV6 ? V6.IsLoopback : V4.IsLoopback;

    public bool IsUnspecified => (_high | _low) == 0;

    /// <summary>Bits of an address of this family: 32 or 128, the longest prefix length.</summary>
    public int Bits => IsV6 ? 128 : 32;

    public static IpAddress From(Ipv4Address address) => new(0, address.Value, isV6: false);

    public static IpAddress From(Ipv6Address address) => new(address.High, address.Low, isV6: true);

    /// <summary>
    /// True if the first <paramref name="prefixLength"/> bits equal those of
    /// <paramref name="network"/>. False for different families, and for a prefix length outside
    /// 0..<see cref="Bits"/>. Bits of the network beyond the prefix do not count.
    /// </summary>
    public bool IsInNetwork(IpAddress network, int prefixLength)
    {
        if (IsV6 != network.IsV6 || prefixLength < 0 || prefixLength > Bits)
            return false;
        // An IPv4 address stands in the last 32 of the 128 bits.
        int compared = IsV6 ? prefixLength : prefixLength + 96;
        ulong highDifference = (_high ^ network._high) & Prefix(compared);
        ulong lowDifference = (_low ^ network._low) & Prefix(compared - 64);
        return (highDifference | lowDifference) == 0;
    }

    /// <summary>Reads a dotted quad or an IPv6 address.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        if (Ipv4Address.TryParse(text, out Ipv4Address v4))
        {
            address = From(v4);
            return true;
        }
        bool isV6 = Ipv6Address.TryParse(text, out Ipv6Address v6);
        address = isV6 ? From(v6) : default;
        return isV6;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is not an IP address.</exception>
    public static IpAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IpAddress address)
            ? address
            : throw new FormatException(
                $"'{text}' is not an IP address such as 192.0.2.1 or 2001:db8::1.");

    public override string ToString() => IsV6 ? V6.ToString() : V4.ToString();

    public bool Equals(IpAddress other) =>
        _low == other._low && _high == other._high && IsV6 == other.IsV6;

    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, IsV6);

    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    private static ulong Prefix(int bits) => bits switch
    {
        <= 0 => 0,
        >= 64 => ulong.MaxValue,
        _ => ulong.MaxValue << (64 - bits),
    };
}
