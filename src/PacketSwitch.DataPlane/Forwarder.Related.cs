// Frames that belong to a session and are not its whole segments: later fragments, which have no
// ports, and ICMP errors about it, which neither count nor keep it alive. They find their way as
// the session's own frames do. Called by SlowPath.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Forwarder<TTracer>
{
    internal SessionTable<Ipv4Address> Sessions4 => _sessions4;
    internal SessionTable<Ipv6Address> Sessions6 => _sessions6;
    internal SessionOpener<Ipv4Address> Opener4 => _opener4;
    internal SessionOpener<Ipv6Address> Opener6 => _opener6;

    /// <summary>The flow of a key made for a port of these roles, or -1.</summary>
    internal static int FindFlow<TAddress>(SessionTable<TAddress> table, ref FlowKey<TAddress> key, PortRoles roles)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int flow = table.Find(ref key, table.Hash(ref key));
        return flow < 0 && roles == (PortRoles.Client | PortRoles.Server) ? FindAsServer(table, ref key) : flow;
    }

    /// <summary>Forwards a fragment that is not the first: only the addresses change.</summary>
    internal void ForwardFragment<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, int flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (TryFindWay(table, ref frame, ref info, flow, out Way way))
        {
            ref FlowEntry<TAddress> entry = ref table.Entry(flow);
            if (Count(ref frame, ref entry, info.Real, fromClient: (flow & 1) == 0))
            {
                table.CarryBytes(flow);
            }
            FrameRewriter.ApplyAddresses(in entry.Rewrite, frame.Span, ref info);
            Send(ref frame, ref info, way, PassReason.Session);
        }
    }

    /// <summary>
    /// Forwards an ICMP error in the direction of the flow, rewritten inside and out.
    /// </summary>
    internal void ForwardIcmpError<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, int flow,
        in QuotedPacket<TAddress> quoted, in IcmpErrorRewrite<TAddress> rewrite)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (TryFindWay(table, ref frame, ref info, flow, out Way way))
        {
            if ((table.State(flow >> 1).Flags & SessionFlags.OneSided) == 0)
            {
                IcmpErrorRewriter.Apply(frame.Span, ref info, quoted, rewrite);
            }
            Send(ref frame, ref info, way, PassReason.IcmpError);
        }
    }

    /// <summary>Forwards a frame from a client for which the session table has no room.</summary>
    internal void ForwardStateless<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowEntry<TAddress> client)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (TryFindServer(ref frame, ref info, client.Rewrite.Neighbor, out Way way))
        {
            if (Locate(ref way, ref info)
                && !CanCarry(ref frame, ref info, _ports[way.Port], ref client.Key))
            {
                return;
            }
            Count(ref frame, ref client, info.Real, fromClient: true);
            FrameRewriter.Apply(in client.Rewrite, frame.Span, ref info, frame.Checksum);
            Send(ref frame, ref info, way, PassReason.Stateless);
        }
    }

    /// <summary>Sends a translated answer without a session to the MAC it is addressed to.</summary>
    internal void AnswerStateless(ref FrameDescriptor frame, ref FrameInfo info)
    {
        var way = new Way(MacAddress.Read(frame.Span).Value, Port: -1, info.VlanId);
        bool isLocated = Locate(ref way, ref info);
        if (isLocated && !Egress.Fits(ref frame, ref info, _context.Ports[way.Port]))
        {
            info.Dropped(DropReason.TooBig);
            return;
        }
        Send(ref frame, ref info, way, PassReason.Stateless, PortRoles.Client);
    }

    // Where frames of the flow go. False when the frame has to wait for a neighbour, or is too
    // long; nobody is told of that, because neither later fragments nor ICMP errors are reported
    // (RFC 1812 section 4.3.2.7).
    private bool TryFindWay<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, int flow, out Way way)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(flow >> 1);
        ref FlowEntry<TAddress> entry = ref table.Entry(flow);
        ushort neighbor = entry.Rewrite.Neighbor;
        info.Virt = state.Virt;
        info.Real = state.Real;
        if (neighbor == Rewrite<TAddress>.ToClient)
        {
            way = new Way(
                FlowPath.MacOf(entry.Path), FlowPath.PortOf(entry.Path),
                state.ClientVlanTag & 0xfff);
        }
        else if (!TryFindServer(ref frame, ref info, neighbor, out way))
        {
            return false;
        }
        Locate(ref way, ref info);
        if (way.Port >= 0 && !Egress.Fits(ref frame, ref info, _context.Ports[way.Port]))
        {
            info.Dropped(DropReason.TooBig);
            return false;
        }
        return true;
    }

    // False when the frame has to wait for the neighbour.
    private bool TryFindServer(
        ref FrameDescriptor frame, ref FrameInfo info, ushort neighbor, out Way way)
    {
        Neighbor next = _context.Snapshot.Neighbors[neighbor];
        way = new Way(next.Mac.Value, next.Port, next.VlanTag);
        if (!next.IsResolved)
        {
            Hold(ref frame, ref info, neighbor);
        }
        return next.IsResolved;
    }

    // The port of a MAC whose port is not configured; false when it is not known.
    private bool Locate(ref Way way, ref FrameInfo info)
    {
        if (way.Port < 0)
        {
            var mac = new MacAddress(way.Mac);
            int port = _context.Tables.Bridge.Find(mac, info.VlanId, _context.Now);
            way = way with { Port = port };
        }
        return way.Port >= 0;
    }

    private void Send(
        ref FrameDescriptor frame, ref FrameInfo info, in Way way, PassReason reason,
        PortRoles unknown = PortRoles.Server)
    {
        FrameRewriter.SetMacs(ref frame, way.Mac, _context.Snapshot.Mac.Value);
        if (way.Vlan >= 0 && way.Vlan != info.VlanId)
        {
            FrameRewriter.SetVlan(ref frame, ref info, (ushort)way.Vlan);
        }
        info.Verdict = Verdict.Transmit;
        if (way.Port < 0)
        {
            _bridge.Flood(ref frame, ref info, unknown);
        }
        else if (!_egress.TryAdd(ref frame, ref info, way.Port))
        {
            info.Verdict = Verdict.Drop;
        }
        info.Pass = reason;
    }

    private readonly record struct Way(ulong Mac, int Port, int Vlan);
}
