// The slow path of fragments: the first one of a datagram goes the way of any flow and says what
// becomes of the others, which carry no ports; those that come before it wait. So every fragment
// of a datagram goes to one server. Where neither end can have a session, fragments pass without
// a trace of them being kept.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class SlowPath<TTracer>
{
    private void HandleFragment<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener, bool again,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FragmentTable fragments = context.Fragments;
        FragmentHeader header = FragmentHeader.Read<TAddress>(frame.Span[info.NetworkOffset..]);
        var name = new FragmentKey(
            key.Source.ToIpAddress(), key.Destination.ToIpAddress(), header.Id,
            TAddress.IsV6 ? (byte)0 : info.Protocol, info.Port, info.VlanId);
        int datagram = fragments.Find(name, context.NowNs);
        bool isKnown = datagram != FragmentTable.None;
        if (!isKnown && !MayBeBalanced(table, ref frame, ref info, ref key, header, name))
        {
            HandleOther(ref frame, ref info, ref key);
            return;
        }
        if (isKnown && !again && header.IsFirst && fragments[datagram].IsWhole
            && fragments.Held.CountOf(datagram) == 0)
        {
            // The whole datagram has passed: its identification is used again, or all of it was
            // doubled on its way.
            fragments.Remove(datagram);
            isKnown = false;
        }
        datagram = isKnown ? datagram : fragments.Add(name);
        if (datagram == FragmentTable.None)
        {
            info.Dropped(DropReason.FragmentTableFull);
            return;
        }
        if ((isKnown && again) || TryRecord(ref frame, ref info, ref key, header, datagram))
        {
            ForwardFragment(table, opener, ref frame, ref info, ref key, header, datagram);
        }
        fragments.ForgetUndecided(datagram);
    }

    // Whether the datagram may belong to a session: then its fragments must find it, and wait for
    // the first one. A later IPv6 fragment may name an extension header, whatever the datagram
    // is.
    private bool MayBeBalanced<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        in FragmentHeader header, in FragmentKey name)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool flow = info.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        bool extension = TAddress.IsV6 && !header.IsFirst && info.Protocol is IpProtocol.DestinationOptions
            or IpProtocol.Routing or IpProtocol.AuthenticationHeader;
        if (!flow && !extension)
        {
            return false;
        }
        SwitchSnapshot snapshot = context.Snapshot;
        PortRoles roles = context.Roles(info.Port);
        if (snapshot.VirtualServers.ContainsKey(name.Destination)
            || snapshot.ProxyAddresses.Contains(name.Destination)
            || ((roles & PortRoles.Server) != 0 && snapshot.RealAddresses.Contains(name.Source))
            || ((roles & PortRoles.Client) != 0 && snapshot.RealAddresses.Contains(name.Destination)))
        {
            return true;
        }
        // A session may outlive the addresses it was configured with.
        return header.IsFirst && FirstFragment.Describe(Segment(ref frame, ref info), ref info, ref key, roles) == DropReason.None
            && Forwarder<TTracer>.FindFlow(table, ref key, roles) >= 0;
    }

    // False when the fragment was dropped. One that does not fit takes the datagram with it (RFC
    // 5722 section 4): what has passed cannot be put together to something else.
    private bool TryRecord<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, in FragmentHeader header, int datagram)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FragmentTable fragments = context.Fragments;
        DropReason fault = Fault(ref frame, ref info, ref key, header);
        if (fault == DropReason.None)
        {
            FragmentFit fit = fragments.Record(
                datagram, header.OffsetBytes, header.LengthBytes, header.More, context.NowNs);
            if (fit == FragmentFit.Duplicate)
            {
                info.Dropped(DropReason.FragmentDuplicate);
                return false;
            }
            fault = fit switch
            {
                FragmentFit.Overlap => DropReason.FragmentOverlap,
                FragmentFit.WrongEnd => DropReason.FragmentLength,
                FragmentFit.TooMany => DropReason.FragmentTableFull,
                _ => DropReason.None,
            };
        }
        if (fault == DropReason.None)
        {
            return true;
        }
        if (fragments[datagram].Decision != FragmentDecision.Drop)
        {
            fragments.Decide(datagram, FragmentDecision.Drop, fault, context.NowNs);
        }
        info.Dropped(fault);
        return false;
    }

    private DropReason Fault<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, in FragmentHeader header)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (header.HasWrongLength)
        {
            return DropReason.FragmentLength;
        }
        if (!header.IsFirst)
        {
            // Such a fragment holds a part of the TCP header (RFC 3128 section 4).
            bool inHeader = info.Protocol == IpProtocol.Tcp
                && header.OffsetBytes < PacketDotNet.TcpFields.HeaderLength;
            return inHeader ? DropReason.FragmentTiny : DropReason.None;
        }
        bool flow = info.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return flow
            ? FirstFragment.Describe(Segment(ref frame, ref info), ref info, ref key, context.Roles(info.Port))
            : DropReason.None;
    }

    private void ForwardFragment<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, in FragmentHeader header, int datagram)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref Datagram whole = ref context.Fragments[datagram];
        switch (whole.Decision)
        {
            case FragmentDecision.Drop:
                info.Dropped(whole.Reason);
                break;
            case FragmentDecision.Waiting when !header.IsFirst:
                Hold(ref frame, ref info, datagram);
                break;
            case FragmentDecision.Session when !header.IsFirst:
                ForwardLater(table, ref frame, ref info, ref key, whole);
                break;
            case FragmentDecision.Unbalanced when !header.IsFirst:
                HandleOther(ref frame, ref info, ref key);
                break;
            default:
                ForwardFirst(table, opener, ref frame, ref info, ref key, datagram);
                break;
        }
    }

    // The first fragment goes the way of a whole frame; how it ended holds for the others.
    private void ForwardFirst<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, int datagram)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        PortRoles roles = context.Roles(info.Port);
        int flow = -1;
        // Whatever happens to the first fragment, the others do not wait for ever.
        context.Fragments.Decide(datagram, FragmentDecision.Drop, DropReason.Internal, context.NowNs);
        bool described = info.Protocol is IpProtocol.Tcp or IpProtocol.Udp
            && FirstFragment.Describe(Segment(ref frame, ref info), ref info, ref key, roles) == DropReason.None;
        if (described)
        {
            info.Hash = table.Hash(ref key);
            info.Guess = table.Guess(info.Hash);
            forwarder.ForwardFlow(table, opener, ref frame, ref info, ref key);
            flow = Forwarder<TTracer>.FindFlow(table, ref key, roles);
        }
        else
        {
            HandleOther(ref frame, ref info, ref key);
        }
        ref Datagram whole = ref context.Fragments[datagram];
        whole.Protocol = info.Protocol;
        whole.SourcePort = key.SourcePort;
        whole.DestinationPort = key.DestinationPort;
        whole.Real = flow < 0 ? (ushort)0 : table.State(flow >> 1).Real;
        FragmentDecision decision = info.Verdict == Verdict.Drop ? FragmentDecision.Drop
            : flow >= 0 ? FragmentDecision.Session
            : FragmentDecision.Unbalanced;
        context.Fragments.Decide(datagram, decision, info.Drop, context.NowNs);
    }

    private void ForwardLater<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        in Datagram whole)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        PortRoles roles = context.Roles(info.Port);
        info.Protocol = whole.Protocol;
        key.SourcePort = whole.SourcePort;
        key.DestinationPort = whole.DestinationPort;
        FirstFragment.Complete(ref info, ref key, roles);
        int flow = Forwarder<TTracer>.FindFlow(table, ref key, roles);
        if (flow < 0 || table.State(flow >> 1).Real != whole.Real)
        {
            // The session has ended since, or goes to another server now.
            info.Dropped(DropReason.NoSession);
            return;
        }
        forwarder.ForwardFragment(table, ref frame, ref info, flow);
    }

    private void Hold(ref FrameDescriptor frame, ref FrameInfo info, int datagram)
    {
        if (context.Fragments.Held.TryAdd(frame, info, datagram, context.NowNs))
        {
            info.Verdict = Verdict.Held;
        }
        else
        {
            info.Dropped(DropReason.FragmentTableFull);
        }
    }

    private static Span<byte> Segment(ref FrameDescriptor frame, ref FrameInfo info)
        => frame.Span.Slice(info.TransportOffset, info.TransportLength);
}
