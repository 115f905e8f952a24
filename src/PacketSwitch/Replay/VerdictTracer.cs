// Hands every decided frame of a replay to a sink. The struct the replayed loop is specialised with.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Replay;

/// <summary>Watches verdicts.</summary>
/// <param name="decided">Gets each decision; a held frame is decided twice, with the same number.</param>
internal readonly struct VerdictTracer(Action<FrameInfo> decided) : IFrameTracer
{
    public static bool IsEnabled => true;

    public void Decided(in FrameInfo info) => decided(info);
}
