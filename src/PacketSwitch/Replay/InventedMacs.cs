// MACs for real servers that have none configured, where nobody is there to answer ARP: in captures of the client's side and in described
// flows. Used by OneFileReplay, explain and whatif.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>02:52 and the real server's number.</summary>
internal static class InventedMacs
{
    private const ulong First = 0x02_52_00_00_00_00;

    /// <summary>The configuration with a MAC for every real server.</summary>
    public static SwitchConfig In(SwitchConfig config)
    {
        RealConfig[] reals = [.. config.Reals.Select(real => real with { Mac = Of(config, real.Id) })];
        return config with { Reals = [.. reals] };
    }

    /// <summary>The MAC of a real server: its own, else the invented one.</summary>
    public static MacAddress Of(SwitchConfig config, int real)
        => config.FindReal(real)?.Mac ?? new MacAddress(First + (ulong)real);
}
