// What a metric is made of. Filled in by the control plane's GroupBuilder, read by MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>The material of a metric.</summary>
/// <param name="Members">The group's members.</param>
/// <param name="SourceBits">Bits of the source address that minmisses uses (<c>mhash</c>).</param>
/// <param name="Shares">Measured shares of the members for response and bandwidth, in any unit; null: by weight alone.</param>
public sealed record MetricInput(GroupMember[] Members, int SourceBits = 24, double[]? Shares = null);
