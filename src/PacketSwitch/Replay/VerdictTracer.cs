// Hands every decided frame of a replay to a sink and, where somebody records them, the steps to a recorder. The struct the replayed loop is
// specialised with.

using PacketSwitch.DataPlane;
using PacketSwitch.Explain;

namespace PacketSwitch.Replay;

/// <summary>Watches verdicts and steps.</summary>
/// <param name="decided">Gets each decision; a held frame is decided twice, with the same number.</param>
/// <param name="recorder">Gets the steps; null records none.</param>
internal readonly struct VerdictTracer(Action<FrameInfo> decided, StepRecorder? recorder = null) : IFrameTracer
{
    public static bool IsEnabled => true;

    public static bool SeesSteps => true;

    /// <summary>Who records, so that the switch can name its tables.</summary>
    public StepRecorder? Recorder => recorder;

    public void Decided(in FrameInfo info)
    {
        decided(info);
        recorder?.Decided(info);
    }

    public void Begins(in FrameDescriptor frame, in FrameInfo info) => recorder?.Begins(frame, info);

    public void LookedUp(int flow, int sessions) => recorder?.LookedUp(flow, sessions);

    public void Matched(VirtualServer virt, VirtualService? service) => recorder?.Matched(virt, service);

    public void AskedBinding(VirtualService service, RealServer? real) => recorder?.AskedBinding(service, real);

    public void Picked(ServerGroup group, in PickContext pick, ReadOnlySpan<MemberMark> marks, int member)
        => recorder?.Picked(group, pick, marks, member);

    public void Opened(RealServer real, SessionOpening opening) => recorder?.Opened(real, opening);
}
