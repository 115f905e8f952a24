// A port that tells a StepRecorder of every frame that it has sent, and otherwise is the port it wraps. Put around the ports of an offline
// switch, so that copies are known by the frame they were made of.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Tells of what is sent.</summary>
/// <param name="inner">The port; whoever made it disposes it.</param>
/// <param name="index">Its index in the switch.</param>
/// <param name="recorder">Who is told.</param>
internal sealed class ObservedPort(IPacketPort inner, int index, StepRecorder recorder) : IPacketPort
{
    public int Id => inner.Id;

    public string Name => inner.Name;

    public MacAddress HardwareAddress => inner.HardwareAddress;

    public int Mtu => inner.Mtu;

    public OffloadSupport Offloads => inner.Offloads;

    public bool IsUp => inner.IsUp;

    public int PollDescriptor => inner.PollDescriptor;

    /// <summary>The ports of a switch, observed when somebody wants to know.</summary>
    public static IReadOnlyList<IPacketPort> Around(IReadOnlyList<IPacketPort> ports, StepRecorder? recorder)
        => recorder is null
            ? ports : [.. ports.Select((port, index) => new ObservedPort(port, index, recorder))];

    public int Receive(FrameBurst burst) => inner.Receive(burst);

    public void Release(FrameBurst burst) => inner.Release(burst);

    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = inner.Send(frames);
        foreach (ref FrameDescriptor frame in frames)
        {
            if (!frame.Failed)
            {
                recorder.Sent(index, frame);
            }
        }
        return sent;
    }

    public PortStatistics ReadStatistics() => inner.ReadStatistics();

    public void Dispose()
    {
    }
}
