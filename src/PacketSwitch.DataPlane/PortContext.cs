// A port as one loop sees it: the port, its index, and the frames that wait to be sent on it at the end of the burst.
// Each loop has its own context for every port.

using System.Runtime.CompilerServices;

namespace PacketSwitch.DataPlane;

/// <summary>A port in a loop: facts refreshed once per pass, and its egress queue.</summary>
public sealed class PortContext(int index, IPacketPort port)
{
    /// <summary>Frames that may wait for one port within a burst; more are sent at once.</summary>
    private const int EgressFrames = 4 * Limits.BurstFrames;

    private readonly FrameDescriptor[] _egress = new FrameDescriptor[EgressFrames];

    /// <summary>Index of the port in snapshot, counters and attachments.</summary>
    public int Index { get; } = index;

    /// <summary>The port in a set of ports (<see cref="FrameInfo.OutPorts"/>).</summary>
    public ulong Bit { get; } = 1UL << index;

    public IPacketPort Port { get; } = port;

    /// <summary>MTU and Ethernet header: the longest untagged frame.</summary>
    public int MaxFrameBytes { get; private set; } = port.Mtu + 14;

    public bool IsUp { get; private set; } = port.IsUp;

    /// <summary>Frames that wait to be sent.</summary>
    public Span<FrameDescriptor> Waiting => _egress.AsSpan(0, _count);

    /// <summary>True when no more frames fit before a flush.</summary>
    public bool IsFull => _count == EgressFrames;

    private int _count;

    /// <summary>Reads what may have changed since the last pass.</summary>
    public void Refresh()
    {
        MaxFrameBytes = Port.Mtu + 14;
        IsUp = Port.IsUp;
    }

    /// <summary>Some waiting frame is a super-frame or has an unfinished checksum.</summary>
    public bool NeedsWork { get; private set; }

    /// <summary>Adds a frame; the caller has checked <see cref="IsFull"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref FrameDescriptor frame, bool isSuperFrame)
    {
        NeedsWork |= isSuperFrame | frame.Checksum != ChecksumState.Complete;
        ref FrameDescriptor next = ref _egress[_count];
        next = frame;
        _count++;
    }

    /// <summary>The same for a frame that is no super-frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddPlain(ref FrameDescriptor frame)
    {
        if (frame.Checksum != ChecksumState.Complete)
        {
            NeedsWork = true;
        }
        ref FrameDescriptor next = ref _egress[_count];
        next = frame;
        _count++;
    }

    /// <summary>The waiting frames have been sent.</summary>
    public void Clear()
    {
        _count = 0;
        NeedsWork = false;
    }
}
