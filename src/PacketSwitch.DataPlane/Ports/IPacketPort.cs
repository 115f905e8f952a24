// A port of the switch: where frames come from and go to. Implemented by the backends of PacketIo; used by
// PortLoop (Receive, Send, Release) and by whoever waits for work. The only interface on a frame's way, and
// called once per burst.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A source and sink of raw Ethernet frames (no FCS), one physical or simulated interface.</summary>
/// <remarks>
/// <see cref="Receive"/> and <see cref="Release"/> are called by one loop only, <see cref="Send"/> by any loop.
/// Order is kept, and a port never receives what it sent. None of the three throws for anything that happens
/// to the interface or is in a frame.
/// </remarks>
public interface IPacketPort : IDisposable
{
    /// <summary>The switch's number for this port (<c>port N</c>).</summary>
    int Id { get; }

    /// <summary>The interface or file behind it, for people.</summary>
    string Name { get; }

    /// <summary>The hardware address of the interface; zero where it has none.</summary>
    MacAddress HardwareAddress { get; }

    /// <summary>The longest IP packet the interface carries, in bytes (without the Ethernet header).</summary>
    int Mtu { get; }

    /// <summary>What the port knows and takes of unfinished checksums and super-frames.</summary>
    OffloadSupport Offloads { get; }

    /// <summary>False while the interface is down or gone; frames to it are dropped as <c>port-down</c>.</summary>
    bool IsUp { get; }

    /// <summary>A descriptor that polls readable when frames wait, or -1 when there is none to wait on.</summary>
    int PollDescriptor { get; }

    /// <summary>
    /// Fills <paramref name="burst"/> with up to <see cref="Limits.BurstFrames"/> waiting frames, without
    /// blocking, and returns how many. The frames are the loop's until <see cref="Release"/>.
    /// </summary>
    int Receive(FrameBurst burst);

    /// <summary>The loop no longer uses the frames of <paramref name="burst"/>.</summary>
    void Release(FrameBurst burst);

    /// <summary>
    /// Sends the frames in order. A frame that could not be sent has its <see cref="FrameDescriptor.Failed"/>
    /// set. Returns how many were sent. The port may write to the headroom of each; nothing of them
    /// is used after the call returns.
    /// </summary>
    int Send(Span<FrameDescriptor> frames);

    /// <summary>Counts since the port was opened. Read by any thread.</summary>
    PortStatistics ReadStatistics();
}
