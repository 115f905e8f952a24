// What is measured of real servers for the metrics response and bandwidth. Kept by ControlPlane, read by MeasuredWeights.

namespace PacketSwitch.Control.Servers;

/// <summary>Measurements by real server number; a server without one is not in the table.</summary>
/// <param name="ResponseNs">Moving average of the time its health check takes, in nanoseconds.</param>
/// <param name="Octets">Octets to and from it in the last interval.</param>
public sealed record RealMeasures(
    IReadOnlyDictionary<int, long> ResponseNs, IReadOnlyDictionary<int, long> Octets)
{
    private static readonly Dictionary<int, long> Nothing = [];

    public static RealMeasures None { get; } = new(Nothing, Nothing);
}
