// An IPv6 address as two numbers in host order. Flow keys, rewrites and views hold it, so it is
// exactly sixteen bytes.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Wire;

/// <summary>An IPv6 address, without a zone. The default value is ::.</summary>
public readonly struct Ipv6Address : IIpAddress<Ipv6Address>
{
    /// <summary>
    /// Makes an address of its first and its last eight bytes, each in host order.
    /// </summary>
    public Ipv6Address(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    public static int Length => 16;

    public static bool IsV6 => true;

    /// <summary>The first eight bytes, in host order.</summary>
    public ulong High { get; }

    /// <summary>The last eight bytes, in host order.</summary>
    public ulong Low { get; }

    public uint WordSum => Words(High) + Words(Low);

    /// <summary>ff00::/8 (RFC 4291 section 2.7).</summary>
    public bool IsMulticast => High >> 56 == 0xff;

    /// <summary>::1 (RFC 4291 section 2.5.3).</summary>
    public bool IsLoopback => High == 0 && Low == 1;

    public bool IsUnspecified => (High | Low) == 0;

    /// <summary>fe80::/10 (RFC 4291 section 2.5.6).</summary>
    public bool IsLinkLocal => High >> 54 == 0xfe80 >> 6;

    /// <summary>The group ff02::1:ffXX:XXXX of this address (RFC 4291 section 2.7.1).</summary>
    public Ipv6Address SolicitedNodeMulticast =>
        new(0xff02_0000_0000_0000, 0x0000_0001_ff00_0000 | (Low & 0xff_ffff));

    /// <summary>
    /// The Ethernet address 33:33:XX:XX:XX:XX of this multicast group (RFC 2464 section 7).
    /// </summary>
    public MacAddress MulticastMac => new(0x3333_0000_0000 | (Low & 0xffff_ffff));

    public static Ipv6Address Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, High);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], Low);
    }

    public IpAddress ToIpAddress() => IpAddress.From(this);

    /// <summary>Reads any RFC 4291 spelling; zones, brackets and ports are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Address address)
    {
        address = default;
        if (text.ContainsAny("[]%/ ") || !text.Contains(':'))
            return false;
        if (!IPAddress.TryParse(text, out IPAddress? parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = Read(bytes);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is not an IPv6 address.</exception>
    public static Ipv6Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Ipv6Address address)
            ? address
            : throw new FormatException($"'{text}' is not an IPv6 address such as 2001:db8::1.");

    /// <summary>The short form of RFC 5952.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return new IPAddress(bytes).ToString();
    }

    public bool Equals(Ipv6Address other) => High == other.High && Low == other.Low;

    public override bool Equals(object? obj) => obj is Ipv6Address other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(High, Low);

    public static bool operator ==(Ipv6Address left, Ipv6Address right) => left.Equals(right);

    public static bool operator !=(Ipv6Address left, Ipv6Address right) => !left.Equals(right);

    private static uint Words(ulong half) =>
        (uint)(half >> 48) + (uint)(half >> 32 & 0xffff) + (uint)(half >> 16 & 0xffff)
        + (uint)(half & 0xffff);
}
