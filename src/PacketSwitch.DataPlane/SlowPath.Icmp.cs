// The slow path of ICMP errors (RFC 5508 section 4.2): one that quotes a packet of a session goes
// to the one who sent that packet, translated inside and out; it neither ends nor refreshes the
// session. None leaves with a real server's address on it or in its quote.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class SlowPath<TTracer>
{
    private const uint LeastMtuV4 = 68;
    private const uint LeastMtuV6 = 1280;

    // True when the error was decided here.
    private bool TryHandleIcmpError<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> message = Segment(ref frame, ref info);
        if (!IcmpView.TryWrap(message, out IcmpView icmp)
            || !(TAddress.IsV6 ? IcmpV6Type.IsError(icmp.Type) : IcmpV4Type.IsError(icmp.Type)))
        {
            return false;
        }
        if (!QuotedPacket<TAddress>.TryRead(message, out QuotedPacket<TAddress> quoted))
        {
            return TryStop(ref frame, ref info, ref key, DropReason.MalformedIcmp);
        }
        int flow = FindQuoted(table, ref info, quoted);
        if (flow < 0 || !quoted.Key.Source.Equals(key.Destination) || table.IsExpired(flow >> 1, context.Now))
        {
            DropReason reason = quoted.IsLaterFragment ? DropReason.Fragment : DropReason.NoSession;
            return IsAboutBalanced(quoted) && TryStop(ref frame, ref info, ref key, reason);
        }
        if (!IcmpChecksumIsValid(key, message))
        {
            // RFC 5508 REQ-3: an error that did not come whole is nobody's.
            info.Dropped(DropReason.BadIcmpChecksum);
            return true;
        }
        if (!TAddress.IsV6 && icmp.Type is IcmpV4Type.Redirect or IcmpV4Type.SourceQuench)
        {
            // Both speak of the sender's own link, or are obsolete (RFC 6633).
            info.Dropped(DropReason.NoSession);
            return true;
        }
        NotePathMtu(table, flow, icmp, quoted);
        IcmpErrorRewrite<TAddress> rewrite = PlanError(table, flow, ref key);
        forwarder.ForwardIcmpError(table, ref frame, ref info, flow, quoted, rewrite);
        return true;
    }

    // The direction in which the error goes: against that of the packet it quotes, which the
    // other side of the switch sent.
    private int FindQuoted<TAddress>(
        SessionTable<TAddress> table, ref FrameInfo info, in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        PortRoles roles = context.Roles(info.Port);
        if (!quoted.HasPorts)
        {
            return quoted.IsLaterFragment ? FindQuotedFragment(table, roles, quoted) : -1;
        }
        var back = new FlowKey<TAddress>
        {
            Source = quoted.Key.Destination,
            Destination = quoted.Key.Source,
            SourcePort = quoted.Key.DestinationPort,
            DestinationPort = quoted.Key.SourcePort,
            Protocol = quoted.Key.Protocol,
        };
        int flow = -1;
        if ((roles & PortRoles.Client) != 0)
        {
            back.Side = FlowSide.Client;
            back.VlanId = info.VlanId;
            flow = table.Find(ref back, table.Hash(ref back));
        }
        if (flow < 0 && (roles & PortRoles.Server) != 0)
        {
            back.Side = FlowSide.Server;
            back.VlanId = 0;
            flow = table.Find(ref back, table.Hash(ref back));
        }
        return flow;
    }

    // A later fragment has no ports: the datagram is among those that passed last, or not known.
    private int FindQuotedFragment<TAddress>(
        SessionTable<TAddress> table, PortRoles roles, in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FragmentTable fragments = context.Fragments;
        int datagram = fragments.Newest;
        for (int i = 0; i < Limits.QuotedDatagramProbes && datagram != FragmentTable.None; i++)
        {
            ref Datagram whole = ref fragments[datagram];
            if (whole.Key.Id == quoted.FragmentId && whole.Decision == FragmentDecision.Session
                && whole.Key.Source.IsV6 == TAddress.IsV6)
            {
                int flow = FlowOf(table, whole);
                if (flow >= 0 && Leaves(table, flow, roles, quoted))
                {
                    return flow ^ 1;
                }
            }
            datagram = fragments.OlderThan(datagram);
        }
        return -1;
    }

    private int FlowOf<TAddress>(SessionTable<TAddress> table, in Datagram whole)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        PortRoles roles = context.Roles(whole.Key.Port);
        var info = new FrameInfo { Protocol = whole.Protocol, VlanTag = whole.Key.VlanId };
        var key = new FlowKey<TAddress>
        {
            Source = SessionOpener<TAddress>.AddressOf(whole.Key.Source),
            Destination = SessionOpener<TAddress>.AddressOf(whole.Key.Destination),
            SourcePort = whole.SourcePort,
            DestinationPort = whole.DestinationPort,
        };
        FirstFragment.Complete(ref info, ref key, roles);
        return Forwarder<TTracer>.FindFlow(table, ref key, roles);
    }

    // True when frames of the flow leave with the quoted addresses, on the side that the error
    // comes from.
    private static bool Leaves<TAddress>(
        SessionTable<TAddress> table, int flow, PortRoles roles, in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowEntry<TAddress> entry = ref table.Entry(flow);
        PortRoles side = (flow & 1) == 0 ? PortRoles.Server : PortRoles.Client;
        return (roles & side) != 0 && (entry.Rewrite.Flags & RewriteFlags.Addresses) != 0
            && entry.Rewrite.Source.Equals(quoted.Key.Source)
            && entry.Rewrite.Destination.Equals(quoted.Key.Destination);
    }

    // The error becomes one about the packet that its receiver sent. A real server speaks as its
    // virtual server, a client as whoever the server knows it as; routers keep their addresses.
    private IcmpErrorRewrite<TAddress> PlanError<TAddress>(
        SessionTable<TAddress> table, int flow, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowKey<TAddress> from = ref table.Entry(flow).Key;
        ref FlowKey<TAddress> sent = ref table.Entry(flow ^ 1).Key;
        bool fromServer = (flow & 1) != 0;
        bool isEnd = key.Source.Equals(from.Source)
            || (fromServer && context.Snapshot.RealAddresses.Contains(key.Source.ToIpAddress()));
        return new IcmpErrorRewrite<TAddress>
        {
            Source = isEnd ? sent.Destination : key.Source,
            Destination = sent.Source,
            Quoted = sent,
        };
    }

    // Super-frames of the session are cut to it (ARCHITECTURE section 5). Values below what IP
    // must carry are not believed, nor is an error about bytes that were never sent or are long
    // acknowledged (RFC 5927 section 4.1).
    private static void NotePathMtu<TAddress>(
        SessionTable<TAddress> table, int flow, IcmpView icmp, in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool tooBig = TAddress.IsV6
            ? icmp.Type == IcmpV6Type.PacketTooBig
            : icmp.Type == IcmpV4Type.DestinationUnreachable
                && icmp.Code == IcmpV4UnreachableCode.FragmentationNeeded;
        uint said = TAddress.IsV6 ? icmp.Parameter : icmp.Parameter & 0xffff;
        if (!tooBig || said is 0 or > ushort.MaxValue || !IsPlausible(table, flow, quoted))
        {
            return;
        }
        ushort mtu = (ushort)Math.Max(said, TAddress.IsV6 ? LeastMtuV6 : LeastMtuV4);
        ref SessionState state = ref table.State(flow >> 1);
        bool towardsClient = (flow & 1) == 0;
        ushort known = towardsClient ? state.ClientPathMtu : state.ServerPathMtu;
        if (known != 0 && known <= mtu)
        {
            return;
        }
        if (towardsClient)
        {
            state.ClientPathMtu = mtu;
        }
        else
        {
            state.ServerPathMtu = mtu;
        }
    }

    private static bool IsPlausible<TAddress>(
        SessionTable<TAddress> table, int flow, in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowEntry<TAddress> sender = ref table.Entry(flow ^ 1);
        ref FlowEntry<TAddress> receiver = ref table.Entry(flow);
        return quoted.HasSequence && sender.Packets != 0
            && (int)(sender.SequenceEnd - quoted.Sequence) >= 0
            && (receiver.Acknowledged == 0 || (int)(quoted.Sequence - receiver.Acknowledged) >= 0);
    }

    private static bool IcmpChecksumIsValid<TAddress>(in FlowKey<TAddress> key, ReadOnlySpan<byte> message)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => TAddress.IsV6
            ? InternetChecksum.TransportIsValid(key.Source, key.Destination, IpProtocol.IcmpV6, message)
            : InternetChecksum.Compute(message) == 0;

    private bool IsAboutBalanced<TAddress>(in QuotedPacket<TAddress> quoted)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress destination = quoted.Key.Destination.ToIpAddress();
        bool flow = quoted.Key.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return flow && (quoted.HasPorts
            ? !context.Snapshot.DirectAccess
                && context.Snapshot.TryGetBalanced(destination, quoted.Key.DestinationPort, quoted.Key.Protocol, out _)
            : context.Snapshot.RealAddresses.Contains(destination));
    }

    // An error that may tell a client of a real server, and that no session explains, ends here.
    private bool TryStop<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, DropReason reason)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool ours = context.Snapshot.VirtualServers.ContainsKey(key.Destination.ToIpAddress());
        bool fromServer = (context.Roles(info.Port) & PortRoles.Server) != 0;
        if (!ours && !(fromServer && WouldReachClient(ref frame, ref info)))
        {
            return false;
        }
        info.Dropped(reason);
        return true;
    }
}
