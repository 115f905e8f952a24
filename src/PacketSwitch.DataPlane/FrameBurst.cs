// Up to 64 frames on their way through the switch, by reference. Owned by one PortLoop, filled by the receiving
// port, described by Classifier, decided by Forwarder and SlowPath. The bytes stay the port's.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A burst of received frames and what is known of each. Not thread-safe: one loop's.</summary>
public sealed class FrameBurst
{
    /// <summary>The frames; the first <see cref="Count"/> are valid.</summary>
    public readonly FrameDescriptor[] Frames = new FrameDescriptor[Limits.BurstFrames];

    /// <summary>What is known of each frame.</summary>
    public readonly FrameInfo[] Infos = new FrameInfo[Limits.BurstFrames];

    /// <summary>Flow keys of <see cref="FrameKind.Flow4"/> frames.</summary>
    public readonly FlowKey<Ipv4Address>[] Keys4 = new FlowKey<Ipv4Address>[Limits.BurstFrames];

    /// <summary>Flow keys of <see cref="FrameKind.Flow6"/> frames.</summary>
    public readonly FlowKey<Ipv6Address>[] Keys6 = new FlowKey<Ipv6Address>[Limits.BurstFrames];

    /// <summary>How many frames are in the burst.</summary>
    public int Count;

    /// <summary>Number of the first frame among those the loop received; the others
    /// follow.</summary>
    public long FirstNumber;

    /// <summary>The frames were held, and go their way from the start again, with the numbers they
    /// have.</summary>
    public bool IsAgain;
}
