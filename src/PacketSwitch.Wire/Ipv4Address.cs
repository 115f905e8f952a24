// An IPv4 address as one number in host order. Flow keys, rewrites and views hold it, so it is
// exactly four bytes.

using System.Buffers.Binary;
using System.Globalization;

namespace PacketSwitch.Wire;

/// <summary>An IPv4 address. The default value is 0.0.0.0.</summary>
public readonly struct Ipv4Address : IIpAddress<Ipv4Address>
{
    /// <summary>Makes an address of a number in host order: 0x0a000001 is 10.0.0.1.</summary>
    public Ipv4Address(uint value) => Value = value;

    public static int Length => 4;

    public static bool IsV6 => false;

    /// <summary>The address in host order.</summary>
    public uint Value { get; }

    public uint WordSum => (Value >> 16) + (Value & 0xffff);

    /// <summary>224.0.0.0/4 (RFC 5771).</summary>
    public bool IsMulticast => Value >> 28 == 0xe;

    /// <summary>127.0.0.0/8 (RFC 1122 section 3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    public bool IsUnspecified => Value == 0;

    /// <summary>255.255.255.255; a subnet's own broadcast address is not known here.</summary>
    public bool IsBroadcast => Value == uint.MaxValue;

    public static Ipv4Address Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(source));

    public void Write(Span<byte> target) => BinaryPrimitives.WriteUInt32BigEndian(target, Value);

    public IpAddress ToIpAddress() => IpAddress.From(this);

    /// <summary>
    /// Reads four decimal numbers with dots. Shorter and octal spellings that other readers guess
    /// at (<c>10.1</c>, <c>010.0.0.1</c>) are refused: they mean different hosts to different
    /// programs.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int part = 0; part < 4; part++)
        {
            int end = part < 3 ? text.IndexOf('.') : text.Length;
            if (end is < 1 or > 3 || (end > 1 && text[0] == '0'))
                return false;
            if (!byte.TryParse(text[..end], NumberStyles.None, null, out byte number))
                return false;
            value = (value << 8) | number;
            text = part < 3 ? text[(end + 1)..] : text;
        }
        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is not an IPv4 address.</exception>
    public static Ipv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Ipv4Address address)
            ? address
            : throw new FormatException($"'{text}' is not an IPv4 address such as 192.0.2.1.");

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Value >> 24}.{Value >> 16 & 0xff}.{Value >> 8 & 0xff}.{Value & 0xff}");

    public bool Equals(Ipv4Address other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is Ipv4Address other && Equals(other);

    public override int GetHashCode() => (int)Value;

    public static bool operator ==(Ipv4Address left, Ipv4Address right) => left.Equals(right);

    public static bool operator !=(Ipv4Address left, Ipv4Address right) => !left.Equals(right);
}
