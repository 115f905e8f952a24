// A loop as the control plane sees it: its two queues, its counters, and how to wake it. Made by whoever composes the switch.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Control;

/// <summary>One loop's end of the seams between the planes.</summary>
/// <param name="Punts">Messages from the loop.</param>
/// <param name="Commands">Messages to the loop.</param>
/// <param name="Counters">What the loop counts, for reading.</param>
/// <param name="Ports">Indexes of the ports it serves.</param>
/// <param name="Wake">Wakes the loop's thread; does nothing in a replay.</param>
public sealed record LoopLink(
    SpscQueue<Punt> Punts, SpscQueue<LoopCommand> Commands, LoopCounters Counters, IReadOnlyList<int> Ports,
    Action Wake)
{
    /// <summary>A link to a loop.</summary>
    public static LoopLink To<TTracer>(PortLoop<TTracer> loop, IReadOnlyList<int> ports, Action wake)
        where TTracer : struct, IFrameTracer
        => new(loop.Punts, loop.Commands, loop.Counters, ports, wake);
}
