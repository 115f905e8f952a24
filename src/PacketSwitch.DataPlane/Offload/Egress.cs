// Last stage of a burst: frames wait here per port, and leave in one call each. What the port cannot send is made sendable first: an
// unfinished checksum is completed, a super-frame is cut into segments (ARCHITECTURE section 5). Called by Forwarder, SlowPath,
// Responder and PortLoop.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The egress side of one loop.</summary>
public sealed class Egress(LoopContext context, FrameBurst burst)
{
    private readonly Segmenter _segmenter = new();

    /// <summary>Some copy of a frame of the burst was not sent. Cleared by who begins a
    /// burst.</summary>
    public bool HasFailed { get; set; }

    /// <summary>
    /// Gives the frame to a port. False, with the frame's reason set, when the port is down or cannot carry it.
    /// </summary>
    public bool TryAdd(ref FrameDescriptor frame, ref FrameInfo info, int portIndex)
    {
        PortContext port = context.Ports[portIndex];
        if (port.IsUp && !Fits(ref frame, ref info, port))
        {
            info.Drop = DropReason.TooBig;
            return false;
        }
        return TryAddFitting(ref frame, ref info, port);
    }

    /// <summary>As <see cref="TryAdd"/>, for a frame of which the caller knows that it fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAddFitting(ref FrameDescriptor frame, ref FrameInfo info, PortContext port)
    {
        if (!port.IsUp)
        {
            info.Drop = DropReason.PortDown;
            return false;
        }
        if (port.IsFull)
        {
            Flush(port);
        }
        AddReady(ref frame, ref info, port);
        return true;
    }

    /// <summary>As <see cref="TryAddFitting"/>, for a port that is up and has room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddReady(ref FrameDescriptor frame, ref FrameInfo info, PortContext port)
    {
        port.Add(ref frame, info.IsSuperFrame);
        info.Copies++;
        info.OutPorts |= 1UL << port.Index;
    }

    /// <summary>True when the port carries the frame, as it is or in segments.</summary>
    public static bool Fits(ref FrameDescriptor frame, ref FrameInfo info, PortContext port)
        => frame.Length <= port.MaxFrameBytes + (4 * info.VlanTags)
            || (info.IsSuperFrame && CanBeCut(ref frame, ref info, port));

    // TCP is cut to any size. A UDP super-frame is cut by the kernel only, which knows its datagrams; they must fit as they are.
    private static bool CanBeCut(ref FrameDescriptor frame, ref FrameInfo info, PortContext port)
    {
        if (info.Protocol == IpProtocol.Tcp && info.Kind is FrameKind.Flow4 or FrameKind.Flow6)
        {
            return true;
        }
        int datagram = info.TransportOffset + PacketDotNet.UdpFields.HeaderLength + frame.SegmentSize;
        return port.Port.Offloads == OffloadSupport.Metadata && frame.SegmentType != 0
            && datagram <= port.MaxFrameBytes + (4 * info.VlanTags);
    }

    /// <summary>Sends a frame the switch made itself; it is lost when the port is down or its queue is full.</summary>
    public void Originate(in FrameDescriptor frame, int portIndex)
    {
        PortContext port = context.Ports[portIndex];
        if (port.IsUp)
        {
            if (port.IsFull)
            {
                Flush(port);
            }
            FrameDescriptor copy = frame;
            port.Add(ref copy, isSuperFrame: false);
            context.Counters.Originated++;
        }
    }

    /// <summary>Sends what waits on every port.</summary>
    public void FlushAll()
    {
        foreach (PortContext port in context.Ports)
        {
            if (port.Waiting.Length > 0)
            {
                Flush(port);
            }
        }
    }

    private void Flush(PortContext port)
    {
        Span<FrameDescriptor> frames = port.Waiting;
        if (!port.NeedsWork)
        {
            Send(port, frames);
            port.Clear();
            return;
        }
        bool passes = port.Port.Offloads == OffloadSupport.Metadata;
        int start = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            ref FrameDescriptor frame = ref frames[i];
            if (frame.Checksum == ChecksumState.Complete && frame.Length <= port.MaxFrameBytes)
            {
                continue;
            }
            bool isSuper = frame.BurstIndex >= 0 && burst.Infos[frame.BurstIndex].IsSuperFrame;
            int most = isSuper ? port.MaxFrameBytes + (4 * burst.Infos[frame.BurstIndex].VlanTags) : 0;
            if (isSuper && passes && frame.SegmentType != 0)
            {
                BoundSegments(ref frame, ref burst.Infos[frame.BurstIndex], most);
            }
            else if (isSuper && frame.Length > most)
            {
                Send(port, frames[start..i]);
                SendSegments(port, ref frame);
                start = i + 1;
            }
            else if (frame.Checksum == ChecksumState.Partial && !(passes && frame.ChecksumStart != 0))
            {
                Segmenter.CompleteChecksum(ref frame);
                context.Counters.CompletedChecksums++;
            }
        }
        Send(port, frames[start..]);
        port.Clear();
    }

    // The kernel cuts a TCP super-frame at the size its sender chose, which the port's MTU may be too small for.
    private static void BoundSegments(ref FrameDescriptor frame, ref FrameInfo info, int mostBytes)
    {
        int room = mostBytes - info.TransportOffset - (info.TransportLength - info.PayloadLength);
        if (info.Protocol == IpProtocol.Tcp && frame.SegmentSize > room && room > 0)
        {
            frame.SegmentSize = (ushort)room;
        }
    }

    private void SendSegments(PortContext port, ref FrameDescriptor frame)
    {
        ref FrameInfo info = ref burst.Infos[frame.BurstIndex];
        int most = port.MaxFrameBytes + (4 * info.VlanTags);
        Span<FrameDescriptor> segments = _segmenter.Cut(ref frame, ref info, most);
        foreach (ref FrameDescriptor segment in segments)
        {
            segment.BurstIndex = frame.BurstIndex;
        }
        context.Counters.SegmentedFrames++;
        if (segments.IsEmpty || port.Port.Send(segments) == 0)
        {
            info.FailedCopies++;
            HasFailed = true;
        }
        else if (context.Observer.IsOn)
        {
            context.Observer.Sent(port.Index, segments);
        }
    }

    private void Send(PortContext port, Span<FrameDescriptor> frames)
    {
        if (frames.IsEmpty)
        {
            return;
        }
        int sent = port.Port.Send(frames);
        if (context.Observer.IsOn)
        {
            context.Observer.Sent(port.Index, frames);
        }
        if (sent == frames.Length)
        {
            return;
        }
        foreach (ref FrameDescriptor frame in frames)
        {
            if (frame.Failed && frame.BurstIndex >= 0)
            {
                burst.Infos[frame.BurstIndex].FailedCopies++;
                HasFailed = true;
            }
        }
    }
}
