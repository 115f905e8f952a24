// A 48-bit Ethernet address as one number. Views, the frame writer, the bridge table and the
// neighbour table hold it; it is the same value on every machine whatever the byte order.

using System.Buffers.Binary;
using System.Globalization;

namespace PacketSwitch.Wire;

/// <summary>
/// An Ethernet (MAC-48) address. The first byte on the wire is the most significant of
/// <see cref="Value"/>. The default value is 00:00:00:00:00:00.
/// </summary>
public readonly struct MacAddress : IEquatable<MacAddress>
{
    /// <summary>Bytes an address takes on the wire.</summary>
    public const int Length = 6;

    private const int TextLength = 17;
    private const ulong Mask = 0xffff_ffff_ffff;
    private const ulong GroupBit = 0x0100_0000_0000;

    /// <summary>Makes an address of the low 48 bits of <paramref name="value48"/>.</summary>
    public MacAddress(ulong value48) => Value = value48 & Mask;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(Mask);

    /// <summary>The address as a number below 2^48.</summary>
    public ulong Value { get; }

    /// <summary>
    /// The address as it lies in memory, in the last six of eight bytes read as one little-endian
    /// number: so an Ethernet header has its source from its fourth byte on.
    /// </summary>
    public ulong Word => ToWord(Value);

    /// <summary><see cref="Value"/> to <see cref="Word"/>.</summary>
    public static ulong ToWord(ulong value48) => BinaryPrimitives.ReverseEndianness(value48);

    /// <summary><see cref="Word"/> to <see cref="Value"/>; the other two bytes do not
    /// matter.</summary>
    public static ulong FromWord(ulong word) => BinaryPrimitives.ReverseEndianness(word) & Mask;

    /// <summary>
    /// True for group addresses (IEEE 802 I/G bit), the broadcast address included.
    /// </summary>
    public bool IsMulticast => (Value & GroupBit) != 0;

    public bool IsBroadcast => Value == Mask;

    public bool IsZero => Value == 0;

    /// <summary>Reads the first six bytes of <paramref name="source"/>.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> source) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32)
            | source.Read32(2));

    /// <summary>Writes six bytes to the start of <paramref name="target"/>.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)(Value >> 32));
        target.Write32(2, (uint)Value);
    }

    /// <summary>
    /// Reads <c>02:00:00:00:00:01</c> or <c>02-00-00-00-00-01</c>: six groups of two hexadecimal
    /// digits and one kind of separator.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != TextLength || text[2] is not (':' or '-'))
            return false;
        ulong value = 0;
        for (int at = 0; at < TextLength; at += 3)
        {
            if (at + 2 < TextLength && text[at + 2] != text[2])
                return false;
            ReadOnlySpan<char> digits = text.Slice(at, 2);
            if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out byte part))
                return false;
            value = (value << 8) | part;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is not an Ethernet address.</exception>
    public static MacAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out MacAddress address)
            ? address
            : throw new FormatException(
                $"'{text}' is not an Ethernet address such as 02:00:00:00:00:01.");

    /// <summary>Lower case with colons.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Value >> 40 & 0xff:x2}:{Value >> 32 & 0xff:x2}:{Value >> 24 & 0xff:x2}:"
            + $"{Value >> 16 & 0xff:x2}:{Value >> 8 & 0xff:x2}:{Value & 0xff:x2}");

    public bool Equals(MacAddress other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is MacAddress other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public static bool operator ==(MacAddress left, MacAddress right) => left.Equals(right);

    public static bool operator !=(MacAddress left, MacAddress right) => !left.Equals(right);
}
