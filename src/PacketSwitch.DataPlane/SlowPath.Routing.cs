// The slow path of frames that are addressed to the switch's MAC and to no virtual server, and of frames that waited for a neighbour in
// vain. The routing itself is Router's.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class SlowPath<TTracer>
{
    /// <summary>Drops the frames of a burst that waited until their time was up; who sent to a host that does not answer is told.</summary>
    internal void GiveUp(FrameBurst burst, DropReason reason)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            ref FrameInfo info = ref burst.Infos[i];
            FrameKind kind = info.Kind;
            info.Dropped(reason);
            if (reason != DropReason.NoArp)
            {
                continue;
            }
            if (kind is FrameKind.Flow4 or FrameKind.Ipv4)
            {
                ReportUnreachable(ref burst.Frames[i], ref info, ref burst.Keys4[i]);
            }
            else if (kind is FrameKind.Flow6 or FrameKind.Ipv6)
            {
                ReportUnreachable(ref burst.Frames[i], ref info, ref burst.Keys6[i]);
            }
        }
    }

    // Whoever asks a virtual server is not told about the neighbours behind it.
    private void ReportUnreachable<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (IsToSwitch(ref frame) && !context.Snapshot.IsOwnAddress(key.Destination.ToIpAddress()))
        {
            router.Report(ref frame, ref info, ref key, RouteProblem.NoNeighbor);
        }
    }

    private void ToSwitch<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, bool hasPorts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (context.Snapshot.IsInterfaceAddress(key.Destination.ToIpAddress()))
        {
            bridge.ToHost(ref frame, ref info);
        }
        else
        {
            router.Forward(ref frame, ref info, ref key, hasPorts);
        }
    }

    // slb off: a bridge, that has addresses of its own all the same.
    private void BridgeOrToHost<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, bool hasPorts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        SwitchSnapshot snapshot = context.Snapshot;
        bool isHosts = snapshot.HostPort >= 0 && IsToSwitch(ref frame)
            && (info.Port == snapshot.HostPort || snapshot.IsInterfaceAddress(key.Destination.ToIpAddress()));
        if (isHosts)
        {
            ToSwitch(ref frame, ref info, ref key, hasPorts);
        }
        else
        {
            bridge.Forward(ref frame, ref info);
        }
    }

    // The host asks a real server at a VIP (viphlth): the frame goes there as it is.
    private bool TryProbe(ref FrameDescriptor frame, ref FrameInfo info, PortRoles roles)
    {
        if ((roles & PortRoles.Host) == 0 || !ProbeMac.TryRead(MacAddress.Read(frame.Span), out int real))
        {
            return false;
        }
        info.Real = (ushort)real;
        router.SendToServer(ref frame, ref info, context.Snapshot.NextHops.GetValueOrDefault(real, -1));
        return true;
    }

    private bool IsToSwitch(ref FrameDescriptor frame)
        => MacAddress.Read(frame.Span).Equals(context.Snapshot.Mac);
}
