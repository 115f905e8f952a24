// Chooses the switch's own MAC. Called by the commands that start a switch.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control;

/// <summary>The switch's MAC (ALTEON.md section 4).</summary>
public static class SwitchMacs
{
    /// <summary>The MAC of a replayed switch: the same on every machine.</summary>
    public static MacAddress OfReplay { get; } = new(0x02_50_53_00_00_01);

    /// <summary>
    /// What <c>sys/mac</c> says, else <c>02</c> and five bytes of a hash of the lowest-numbered port's address, so that the host's kernel,
    /// which listens to that address, takes no part.
    /// </summary>
    public static MacAddress Choose(SystemConfig system, MacAddress lowestPort)
    {
        if (system.Mac is { } configured)
        {
            return configured.Address ?? lowestPort;
        }
        ulong hash = lowestPort.Value;
        hash = (hash ^ (hash >> 30)) * 0xbf58_476d_1ce4_e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d0_49bb_1331_11eb;
        return new MacAddress((0x02UL << 40) | (hash >> 24));
    }
}
