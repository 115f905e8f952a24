// Routes frames that are addressed to the switch's MAC and to somebody else's IP address: to a host in the network of an interface address,
// else by a gateway (ALTEON.md section 4, step 7). Called by SlowPath, after everything that is balanced. Sends no ICMP redirects and divides
// no datagrams: what is too long goes back as ICMP, whether or not its sender forbade to divide it.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>RFC 1812 and RFC 8200 forwarding of one loop.</summary>
public sealed class Router(LoopContext context, Egress egress, HoldQueue hold, Bridge bridge, Responder responder)
{
    /// <summary>Sends the frame on its way, holds it until the next hop is known, or drops it and tells its sender.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="info">Its description.</param>
    /// <param name="key">Its addresses, and ports where it has them.</param>
    /// <param name="hasPorts">It is a TCP segment or UDP datagram, or the first fragment of one.</param>
    public void Forward<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, bool hasPorts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress source = key.Source.ToIpAddress();
        IpAddress destination = key.Destination.ToIpAddress();
        RouteTable routes = context.Snapshot.Routes;
        if (destination.IsMulticast || Martians.IsDestination(destination) || Martians.IsLinkLocal(destination)
            || Martians.IsSource(source) || Martians.IsLinkLocal(source)
            || routes.IsBroadcast(destination) || routes.IsBroadcast(source) || IsSpoofed(source, ref info))
        {
            info.Dropped(DropReason.Martian);
            return;
        }
        if (!routes.TryFind(destination, out Route route))
        {
            info.Dropped(DropReason.NoRoute);
            Report(ref frame, ref info, ref key, RouteProblem.NoRoute);
            return;
        }
        if (Hops<TAddress>(ref frame, ref info) <= 1)
        {
            info.Dropped(DropReason.Ttl);
            Report(ref frame, ref info, ref key, RouteProblem.TimeExceeded);
            return;
        }
        if (route.Neighbor < 0 || !context.Snapshot.Neighbors[route.Neighbor].IsResolved)
        {
            Hold(ref frame, ref info, route);
            return;
        }
        Send(ref frame, ref info, ref key, route, hasPorts);
    }

    /// <summary>
    /// True when the source of a frame on a client port cannot be there: a real server's address, which is behind a server port, or one of
    /// the switch's own (ALTEON.md section 5).
    /// </summary>
    public bool IsSpoofed(IpAddress source, ref FrameInfo info)
        => (context.Roles(info.Port) & (PortRoles.Client | PortRoles.Server | PortRoles.Host)) == PortRoles.Client
            && (context.Snapshot.RealAddresses.Contains(source) || context.Snapshot.IsOwnAddress(source));

    /// <summary>Tells the sender of a frame why it was not routed, from the address of the interface it came in on.</summary>
    public void Report<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, RouteProblem problem, int mtu = 0)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        InterfaceAddress? own = context.Snapshot.Routes.IngressOf(key.Source.ToIpAddress(), info.VlanId);
        if (own is not null)
        {
            responder.NotRouted(ref frame, ref info, ref key, own.Address, problem, mtu);
        }
    }

    /// <summary>Sends a frame of the host to a real server's next hop with nothing changed but MACs and tag.</summary>
    public void SendToServer(ref FrameDescriptor frame, ref FrameInfo info, int neighbor)
    {
        if (neighbor < 0)
        {
            info.Dropped(DropReason.NoReal);
            return;
        }
        Neighbor server = context.Snapshot.Neighbors[neighbor];
        if (!server.IsResolved)
        {
            Hold(ref frame, ref info, new Route(server.Address, neighbor, 0));
            return;
        }
        ushort vlan = context.Snapshot.Routes.NetworkOf(server.Address)?.Vlan ?? 0;
        int port = server.Port >= 0 ? server.Port : context.Tables.Bridge.Find(server.Mac, vlan, context.Now);
        FrameRewriter.SetMacs(ref frame, server.Mac.Value, context.Snapshot.Mac.Value);
        FrameRewriter.SetVlan(ref frame, ref info, vlan);
        info.Verdict = Verdict.Transmit;
        if (port < 0)
        {
            bridge.Flood(ref frame, ref info, PortRoles.Server);
        }
        else if (!egress.TryAdd(ref frame, ref info, port))
        {
            info.Verdict = Verdict.Drop;
        }
        info.Pass = PassReason.Host;
    }

    private void Send<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, in Route route,
        bool hasPorts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Neighbor neighbor = context.Snapshot.Neighbors[route.Neighbor];
        int port = neighbor.Port >= 0
            ? neighbor.Port : context.Tables.Bridge.Find(neighbor.Mac, route.Vlan, context.Now);
        if (hasPorts && port >= 0 && Leaks(ref info, ref key, port))
        {
            info.Dropped(DropReason.NoSession);
            return;
        }
        if (port >= 0 && !Egress.Fits(ref frame, ref info, context.Ports[port]))
        {
            info.Dropped(DropReason.TooBig);
            Report(ref frame, ref info, ref key, RouteProblem.TooBig, context.Ports[port].Port.Mtu);
            return;
        }
        context.Tables.NeighborUse.Note(route.Neighbor, context.Now);
        TakeHop<TAddress>(ref frame, ref info);
        FrameRewriter.SetMacs(ref frame, neighbor.Mac.Value, context.Snapshot.Mac.Value);
        if (route.Vlan != info.VlanId)
        {
            FrameRewriter.SetVlan(ref frame, ref info, route.Vlan);
        }
        info.Verdict = Verdict.Transmit;
        if (port < 0)
        {
            // A real server with a MAC and no known port.
            bridge.Flood(ref frame, ref info, PortRoles.Server);
        }
        else if (!egress.TryAdd(ref frame, ref info, port))
        {
            info.Verdict = Verdict.Drop;
        }
        info.Pass = PassReason.Route;
    }

    // Nothing leaves with a real server's balanced address on it by accident (ALTEON.md section 4, step 6).
    private bool Leaks<TAddress>(ref FrameInfo info, ref FlowKey<TAddress> key, int port)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => !context.Snapshot.DirectAccess
            && (context.Roles(info.Port) & PortRoles.Server) != 0
            && (context.Roles(port) & PortRoles.Client) != 0
            && context.Snapshot.TryGetBalanced(key.Source.ToIpAddress(), key.SourcePort, key.Protocol, out _);

    private void Hold(ref FrameDescriptor frame, ref FrameInfo info, in Route route)
    {
        bool held = route.Neighbor >= 0
            ? hold.TryAdd(frame, info, route.Neighbor, context.NowNs)
            : context.Hosts.TryAdd(frame, info, route.NextHop, context.NowNs);
        if (!held)
        {
            // Whoever waits already has asked.
            info.Dropped(DropReason.NoArp);
            return;
        }
        info.Verdict = Verdict.Held;
        if (route.Neighbor >= 0)
        {
            context.TryAskFor(route.Neighbor);
        }
        else
        {
            context.TryAskForHost(route.NextHop);
        }
    }

    private static int Hops<TAddress>(ref FrameDescriptor frame, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> packet = frame.Span[info.NetworkOffset..];
        if (TAddress.IsV6)
        {
            return Ipv6View.TryWrap(packet, out Ipv6View v6) ? v6.HopLimit : 0;
        }
        return Ipv4View.TryWrap(packet, out Ipv4View v4) ? v4.Ttl : 0;
    }

    private static void TakeHop<TAddress>(ref FrameDescriptor frame, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> packet = frame.Span[info.NetworkOffset..];
        if (!TAddress.IsV6 && Ipv4View.TryWrap(packet, out Ipv4View v4))
        {
            v4.TryDecrementTtl();
        }
        else if (TAddress.IsV6 && Ipv6View.TryWrap(packet, out Ipv6View v6))
        {
            v6.HopLimit--;
        }
    }
}
