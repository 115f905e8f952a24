// The word sys/mac: a fixed address, or that of the lowest-numbered port's own network card.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>The switch's own MAC address; <see cref="Address"/> is null for <c>nic</c>.</summary>
public readonly record struct SwitchMac(MacAddress? Address)
{
    public static SwitchMac Nic => new(null);

    public override string ToString() => Address?.ToString() ?? "nic";
}
