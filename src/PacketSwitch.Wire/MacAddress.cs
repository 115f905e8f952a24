// A 48-bit IEEE 802 address as one integer.

namespace PacketSwitch.Wire;

/// <summary>An Ethernet address; the first byte is the most significant of 48 bits.</summary>
public readonly struct MacAddress(ulong value)
{
    /// <summary>The 48 bits.</summary>
    public ulong Value { get; } = value;
}
