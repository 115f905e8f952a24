// What was measured of one phase: opening sessions, or forwarding frames of known ones. Made by EngineMeasurement, printed by
// BenchCommand, compared with its budget by bench/.

namespace PacketSwitch.Bench;

/// <summary>Figures of a phase.</summary>
/// <param name="Flows">Different clients.</param>
/// <param name="Frames">Frames measured.</param>
/// <param name="EngineNs">Time of the engine's passes alone, in nanoseconds.</param>
/// <param name="NsPerFrame">Median over slices of about 65,536 frames.</param>
/// <param name="FastestNs">First percentile of the slices.</param>
/// <param name="SlowestNs">99th percentile of the slices.</param>
/// <param name="BytesPerFrame">Bytes allocated on the managed heap.</param>
/// <param name="LongestPauseMs">Garbage collection's longest pause: the most in any slice, by the runtime's own clock.</param>
/// <param name="Collections">Garbage collections.</param>
public sealed record PhaseFigures(
    int Flows, long Frames, long EngineNs, double NsPerFrame, double FastestNs, double SlowestNs,
    double BytesPerFrame, double LongestPauseMs, int Collections)
{
    /// <summary>Frames a second at the median.</summary>
    public double FramesPerSecond => 1e9 / NsPerFrame;
}
