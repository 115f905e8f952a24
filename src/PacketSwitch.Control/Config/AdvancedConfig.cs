// The words of the menu adv, which hold for the whole switch. Passive data.

namespace PacketSwitch.Control.Config;

/// <summary>The settings of <c>adv</c>.</summary>
public sealed record AdvancedConfig
{
    public const string Path = "adv";

    /// <summary>
    /// Direct access mode (DAM): clients may use balanced ports of real servers directly.
    /// </summary>
    public bool DirectAccess { get; init; }

    /// <summary>Sessions of a failed server are kept.</summary>
    public bool Grace { get; init; }

    /// <summary>Closing sessions live 4 s shifted left by this.</summary>
    public int FastAge { get; init; }

    /// <summary>Idle minutes are shifted left by this.</summary>
    public int SlowAge { get; init; }

    public TimerProfile Profile { get; init; }
}
