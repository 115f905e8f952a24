// What a port counted since it was opened. Made by the port on request, read by control and statistics.

namespace PacketSwitch.DataPlane;

/// <summary>Counters of one port; frames and bytes are without FCS.</summary>
public readonly record struct PortStatistics(
    long ReceivedFrames,
    long ReceivedBytes,
    long SentFrames,
    long SentBytes,
    long SendFailures,
    long KernelDrops);
