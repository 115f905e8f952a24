// The health of one real server.

namespace PacketSwitch.Control.Servers;

/// <summary>Up or failed, and since when.</summary>
/// <param name="IsUp">False while it has failed.</param>
/// <param name="SinceNs">When that began, by the switch's clock; null: it has always been so.</param>
public readonly record struct RealCondition(bool IsUp, long? SinceNs)
{
    public static RealCondition UpForEver { get; } = new(true, null);

    /// <summary>Not in service before its first check.</summary>
    public static RealCondition Unchecked { get; } = new(false, null);
}
