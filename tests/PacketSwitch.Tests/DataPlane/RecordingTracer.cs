// Keeps every verdict of a loop for the test that reads it. Used by TestSwitch.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Tests.DataPlane;

/// <summary>Writes decisions into a list; a held frame stands in it twice, with the same number.</summary>
internal readonly struct RecordingTracer(List<FrameInfo> verdicts) : IFrameTracer
{
    public static bool IsEnabled => true;

    public void Decided(in FrameInfo info) => verdicts.Add(info);
}
