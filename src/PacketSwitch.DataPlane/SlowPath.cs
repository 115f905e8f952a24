// The way of every frame that no session matches, in the order of ALTEON.md section 4. Called by Forwarder; costs once per session, not once
// per frame. Flows are here; ARP and ICMP are in SlowPath.Control.cs.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Decides frames without a session. One loop's.</summary>
public sealed partial class SlowPath<TTracer>(
    LoopContext context, Forwarder<TTracer> forwarder, Bridge bridge, Responder responder, Router router, TTracer tracer)
    where TTracer : struct, IFrameTracer
{
    private const TcpFlags OpeningMask = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin;

    /// <summary>Decides a whole TCP or UDP frame that belongs to no session.</summary>
    internal void HandleFlow<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (IsFromGroup(ref frame, ref info))
        {
            return;
        }
        bridge.Learn(ref frame, ref info);
        SwitchSnapshot snapshot = context.Snapshot;
        PortRoles roles = context.Roles(info.Port);
        if (TryProbe(ref frame, ref info, roles))
        {
            return;
        }
        if (!snapshot.SlbOn)
        {
            BridgeOrToHost(ref frame, ref info, ref key, hasPorts: true);
            return;
        }
        IpAddress destination = key.Destination.ToIpAddress();
        if (snapshot.VirtualServers.TryGetValue(destination, out VirtualServer? virt))
        {
            info.Virt = virt.Id;
            ToVirtualServer(table, opener, ref frame, ref info, ref key, virt, roles);
        }
        else if ((roles & (PortRoles.Client | PortRoles.Host)) == PortRoles.Client
            && snapshot.TryGetBalanced(destination, key.DestinationPort, key.Protocol, out RealServer? real))
        {
            info.Real = real!.Id;
            ToRealServer(table, opener, ref frame, ref info, ref key, real);
        }
        else if (snapshot.ProxyAddresses.Contains(destination))
        {
            info.Dropped(DropReason.NoSession);
            responder.Reset(ref frame, ref info, ref key);
        }
        else if (TryAnswerStateless(ref frame, ref info, ref key))
        {
            return;
        }
        else if (!snapshot.DirectAccess && (roles & PortRoles.Server) != 0
            && !IsToSwitch(ref frame) && WouldReachClient(ref frame, ref info)
            && snapshot.TryGetBalanced(key.Source.ToIpAddress(), key.SourcePort, key.Protocol, out real))
        {
            // Nothing leaves with a real server's address on it by accident.
            info.Real = real!.Id;
            info.Dropped(DropReason.NoSession);
        }
        else if (IsToSwitch(ref frame))
        {
            ToSwitch(ref frame, ref info, ref key, hasPorts: true);
        }
        else
        {
            bridge.Forward(ref frame, ref info);
        }
    }

    private void ToVirtualServer<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        VirtualServer virt, PortRoles roles)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (key.Source.Equals(key.Destination))
        {
            info.Dropped(DropReason.Land);
            return;
        }
        IpAddress source = key.Source.ToIpAddress();
        // Virtual servers may ask each other: a name server behind one VIP asks that behind another.
        bool isSpoofed = router.IsSpoofed(source, ref info) && !context.Snapshot.VirtualServers.ContainsKey(source);
        if (MacAddress.Read(frame.Span).IsMulticast || Martians.IsSource(source) || isSpoofed)
        {
            info.Dropped(DropReason.Martian);
            return;
        }
        if (!virt.IsEnabled)
        {
            info.Dropped(DropReason.VipDown);
            return;
        }
        var serviceKey = new ServiceKey(virt.Address, key.DestinationPort, key.Protocol);
        if (!context.Snapshot.Services.TryGetValue(serviceKey, out VirtualService? service))
        {
            service = key.Protocol == IpProtocol.Tcp ? virt.AnyTcpPort : virt.AnyUdpPort;
        }
        if (TTracer.SeesSteps)
        {
            tracer.Matched(virt, service);
        }
        if (service is null)
        {
            info.Dropped(DropReason.IncorrectVport);
            if (virt.ResetsWrongPort && key.Protocol == IpProtocol.Tcp)
            {
                responder.Reset(ref frame, ref info, ref key);
            }
            return;
        }
        ToService(table, opener, ref frame, ref info, ref key, service, roles);
    }

    private void ToService<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        VirtualService service, PortRoles roles)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        // A first frame that needs thought is PacketDotNet's to read; where it cannot, the views
        // have.
        bool opens = (info.TcpFlags & OpeningMask) == TcpFlags.Syn;
        if (!FirstFrame.IsPlain(ref info) && FirstFrame.TryParse(frame.Span, out FirstFrame first))
        {
            opens = first.OpensTcp;
        }
        if (key.Protocol == IpProtocol.Tcp && info.TcpFlags == TcpFlags.None)
        {
            info.Dropped(DropReason.TcpNoFlags);
            return;
        }
        bool mayOpen = key.Protocol != IpProtocol.Tcp || opens;
        bool fromClient = (roles & PortRoles.Client) != 0;
        if (!mayOpen && fromClient && TryContinueStateless(ref frame, ref info, ref key, service))
        {
            return;
        }
        if (!mayOpen || !fromClient)
        {
            info.Dropped(DropReason.NoSession);
            responder.Reset(ref frame, ref info, ref key);
            return;
        }
        Span<byte> segment = frame.Span.Slice(info.TransportOffset, info.TransportLength);
        int flow = opener.Open(
            ref key, ref info, Attachment(ref frame, ref info), segment, service, tracer, out DropReason reason);
        if (flow < 0)
        {
            if (reason == DropReason.TableFull
                && TryForwardStateless(ref frame, ref info, ref key, service))
            {
                return;
            }
            Refuse(ref frame, ref info, ref key, reason);
            return;
        }
        if (!forwarder.TryForwardSession(table, opener, ref frame, ref info, flow, PassReason.New))
        {
            info.Dropped(DropReason.NoSession);
        }
    }

    private void ToRealServer<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, RealServer real)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!context.Snapshot.DirectAccess)
        {
            info.Dropped(DropReason.DamOff);
            return;
        }
        if (key.Protocol == IpProtocol.Tcp && (info.TcpFlags & OpeningMask) != TcpFlags.Syn)
        {
            bridge.Forward(ref frame, ref info);
            return;
        }
        Span<byte> segment = frame.Span.Slice(info.TransportOffset, info.TransportLength);
        int flow = opener.OpenDirect(
            ref key, ref info, Attachment(ref frame, ref info), segment, real, out DropReason reason);
        if (flow < 0)
        {
            Refuse(ref frame, ref info, ref key, reason);
            return;
        }
        if (!forwarder.TryForwardSession(table, opener, ref frame, ref info, flow, PassReason.New))
        {
            info.Dropped(DropReason.NoSession);
        }
    }

    // The client is told at once, so that it does not wait for a timeout.
    private void Refuse<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, DropReason reason)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        info.Dropped(reason);
        if (key.Protocol == IpProtocol.Tcp)
        {
            responder.Reset(ref frame, ref info, ref key);
        }
        else if (reason == DropReason.NoReal)
        {
            responder.PortUnreachable(ref frame, ref info, ref key);
        }
        else
        {
            responder.Prohibited(ref frame, ref info, ref key);
        }
    }

    // Unknown destinations are flooded, to client ports too.
    private bool WouldReachClient(ref FrameDescriptor frame, ref FrameInfo info)
    {
        int port = bridge.Target(ref frame, ref info);
        return port < 0 || (context.Roles(port) & PortRoles.Client) != 0;
    }

    // No station sends from a group address (IEEE 802.3 section 3.2.3); answers would go to the
    // group.
    private static bool IsFromGroup(ref FrameDescriptor frame, ref FrameInfo info)
    {
        bool isGroup = MacAddress.Read(frame.Span[MacAddress.Length..]).IsMulticast;
        if (isGroup)
        {
            info.Dropped(DropReason.Martian);
        }
        return isGroup;
    }

    private static ulong Attachment(ref FrameDescriptor frame, ref FrameInfo info)
        => FlowPath.Attachment(MacAddress.Read(frame.Span[MacAddress.Length..]).Value, info.Port);
}
