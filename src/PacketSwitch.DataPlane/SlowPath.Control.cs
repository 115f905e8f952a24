// The slow path of frames that are not whole TCP or UDP: ARP, neighbour discovery, ICMP, fragments, other protocols. What is meant for
// the switch itself goes to the control plane as a punt.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class SlowPath<TTracer>
{
    private const int NeighborTargetOffset = 8;

    /// <summary>Decides a frame that is not a flow.</summary>
    internal void Handle(FrameBurst burst, int i)
    {
        ref FrameDescriptor frame = ref burst.Frames[i];
        ref FrameInfo info = ref burst.Infos[i];
        if (IsFromGroup(ref frame, ref info))
        {
            return;
        }
        bridge.Learn(ref frame, ref info);
        switch (info.Kind)
        {
            case FrameKind.Arp:
                HandleArp(ref frame, ref info);
                break;
            case FrameKind.Ipv4:
                HandleIp(
                    forwarder.Sessions4, forwarder.Opener4, burst.IsAgain, ref frame, ref info, ref burst.Keys4[i]);
                break;
            case FrameKind.Ipv6:
                HandleIp(
                    forwarder.Sessions6, forwarder.Opener6, burst.IsAgain, ref frame, ref info, ref burst.Keys6[i]);
                break;
            default:
                bridge.Forward(ref frame, ref info);
                break;
        }
    }

    private void HandleArp(ref FrameDescriptor frame, ref FrameInfo info)
    {
        if (!ArpView.TryWrap(frame.Span[info.NetworkOffset..], out ArpView arp))
        {
            info.Dropped(DropReason.MalformedArp);
            return;
        }
        bool ours = IsOurs(IpAddress.From(arp.TargetAddress)) || arp.TargetMac.Equals(context.Snapshot.Mac);
        PuntOrBridge(ref frame, ref info, ours);
    }

    private void HandleIp<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener, bool again,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress destination = key.Destination.ToIpAddress();
        if (TryProbe(ref frame, ref info, context.Roles(info.Port)))
        {
            return;
        }
        if (info.IsFragment && context.Snapshot.SlbOn)
        {
            HandleFragment(table, opener, again, ref frame, ref info, ref key);
            return;
        }
        byte icmpProtocol = TAddress.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        if (info.Protocol == icmpProtocol && !info.IsFragment)
        {
            IcmpView.TryWrap(frame.Span.Slice(info.TransportOffset, info.TransportLength), out IcmpView icmp);
            if (TAddress.IsV6 && icmp.Type is IcmpV6Type.NeighborSolicitation or IcmpV6Type.NeighborAdvertisement)
            {
                HandleNeighbor(ref frame, ref info, icmp, destination);
                return;
            }
            byte echo = TAddress.IsV6 ? IcmpV6Type.EchoRequest : IcmpV4Type.EchoRequest;
            if (icmp.Type == echo && TryEcho(ref frame, ref info, destination))
            {
                return;
            }
            if (context.Snapshot.SlbOn && TryHandleIcmpError(table, ref frame, ref info, ref key))
            {
                return;
            }
        }
        HandleOther(ref frame, ref info, ref key);
    }

    // What is no flow and concerns no session.
    private void HandleOther<TAddress>(ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress destination = key.Destination.ToIpAddress();
        SwitchSnapshot snapshot = context.Snapshot;
        if (!snapshot.SlbOn)
        {
            BridgeOrToHost(ref frame, ref info, ref key, hasPorts: false);
        }
        else if (snapshot.VirtualServers.TryGetValue(destination, out VirtualServer? virt))
        {
            info.Virt = virt.Id;
            bool icmp = info.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
            info.Dropped(!virt.IsEnabled ? DropReason.VipDown
                : info.IsFragment ? DropReason.Fragment
                : icmp ? DropReason.NoSession : DropReason.IncorrectVport);
        }
        else if (snapshot.ProxyAddresses.Contains(destination))
        {
            info.Dropped(info.IsFragment ? DropReason.Fragment : DropReason.NoSession);
        }
        else if (IsToSwitch(ref frame))
        {
            ToSwitch(ref frame, ref info, ref key, hasPorts: false);
        }
        else
        {
            bridge.Forward(ref frame, ref info);
        }
    }

    private void HandleNeighbor(
        ref FrameDescriptor frame, ref FrameInfo info, IcmpView icmp, IpAddress destination)
    {
        ReadOnlySpan<byte> message = frame.Span.Slice(info.TransportOffset, info.TransportLength);
        if (message.Length < NeighborTargetOffset + Ipv6Address.Length)
        {
            info.Dropped(DropReason.MalformedIcmp);
            return;
        }
        IpAddress target = IpAddress.From(Ipv6Address.Read(message[NeighborTargetOffset..]));
        bool ours = icmp.Type == IcmpV6Type.NeighborSolicitation ? IsOurs(target) : IsOurs(destination);
        PuntOrBridge(ref frame, ref info, ours);
    }

    // ARP and neighbour discovery: answered for what is ours; everything else is learned from and bridged.
    private void PuntOrBridge(ref FrameDescriptor frame, ref FrameInfo info, bool ours)
    {
        bool queued = context.TryPunt(PuntKind.Arp, info.Port, frame.Span);
        if (!ours)
        {
            bridge.Forward(ref frame, ref info);
        }
        else if (queued)
        {
            info.Punted(PassReason.Arp);
        }
        else
        {
            info.Dropped(DropReason.PuntFull);
        }
    }

    private bool TryEcho(ref FrameDescriptor frame, ref FrameInfo info, IpAddress destination)
    {
        SwitchSnapshot snapshot = context.Snapshot;
        bool known = snapshot.SlbOn & snapshot.VirtualServers.TryGetValue(destination, out VirtualServer? virt);
        if (known && virt!.IsEnabled && !virt.InService)
        {
            info.Virt = virt.Id;
            info.Dropped(DropReason.NoReal);
            return true;
        }
        bool answers = (known && virt!.IsEnabled) || snapshot.IsInterfaceAddress(destination)
            || (snapshot.SlbOn && snapshot.ProxyAddresses.Contains(destination));
        // The host's stack answers for its own addresses.
        bool isHosts = snapshot.HostPort >= 0 && !known && snapshot.IsInterfaceAddress(destination);
        if (!answers || isHosts)
        {
            return false;
        }
        if (context.TryPunt(PuntKind.Echo, info.Port, frame.Span))
        {
            info.Punted(PassReason.Echo);
        }
        else
        {
            info.Dropped(DropReason.PuntFull);
        }
        return true;
    }

    // An address that the switch answers for: an interface, or an enabled virtual server with a service.
    private bool IsOurs(IpAddress address)
    {
        SwitchSnapshot snapshot = context.Snapshot;
        return snapshot.IsInterfaceAddress(address)
            || (snapshot.SlbOn && snapshot.ProxyAddresses.Contains(address))
            || (snapshot.SlbOn && snapshot.VirtualServers.TryGetValue(address, out VirtualServer? virt)
                && virt.IsEnabled && virt.HasService);
    }
}
