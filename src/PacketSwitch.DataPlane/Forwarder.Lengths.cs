// The part of the forwarder that asks whether a frame is too long for the port it leaves by. Called
// by the per-frame path.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Forwarder<TTracer>
{
    // Before the rewrite, so that the ICMP error quotes what its receiver sent.
    private bool CanCarry<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, PortContext egress,
        ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (Egress.Fits(ref frame, ref info, egress))
        {
            return true;
        }
        info.Dropped(DropReason.TooBig);
        _responder.TooBig(ref frame, ref info, ref key, egress.Port.Mtu);
        return false;
    }

    // What one segment of a super-frame may carry: the least of both sides' maximum segment size
    // and the path MTU that was told, less the TCP options of this frame (RFC 9293 section 3.7.1).
    // The egress MTU is the Segmenter's business.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ushort SegmentSize(
        ref FrameDescriptor frame, ref FrameInfo info, ref SessionState state, bool fromClient)
    {
        int size = int.MaxValue;
        size = state.ClientSegmentSize != 0 ? Math.Min(size, state.ClientSegmentSize) : size;
        size = state.ServerSegmentSize != 0 ? Math.Min(size, state.ServerSegmentSize) : size;
        int pathMtu = fromClient ? state.ServerPathMtu : state.ClientPathMtu;
        int tcpHeader = PacketDotNet.TcpFields.HeaderLength;
        int headers = info.TransportOffset - info.NetworkOffset + tcpHeader;
        size = pathMtu != 0 ? Math.Min(size, pathMtu - headers) : size;
        int options = info.TransportLength - info.PayloadLength - tcpHeader;
        size = size == int.MaxValue ? 0 : Math.Max(size - options, Limits.MinSegmentBytes);
        return (ushort)Math.Min(size, frame.Length);
    }
}
