// Makes the frames with which the switch itself answers on the spot: RST and ICMP errors. Called by SlowPath and Forwarder; bounded per
// burst and in the long run, so that a flood is not answered by a flood (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Answers a frame on the port it came from. One loop's.</summary>
public sealed partial class Responder(LoopContext context, Egress egress)
{
    private const int SlotsPerBurst = Limits.BurstFrames * 2;

    private readonly FrameMemory _memory = new(SlotsPerBurst, Limits.OriginatedFrameBytes);
    private int _used;
    private TokenBucket _answers = new(Limits.OriginatedPerSecond, Limits.OriginatedBurst);

    // Apart, so that a flood of frames that are answered does not keep connections from being ended properly.
    private TokenBucket _endings = new(Limits.OriginatedPerSecond, Limits.OriginatedBurst);

    /// <summary>False when so many connections have been ended that the next had better wait.</summary>
    public bool MayEndAnother => _endings.Tokens >= 2;

    /// <summary>The answers of the last burst have been sent; their memory is free.</summary>
    public void BeginBurst()
    {
        _used = 0;
        _answers.Refill(context.NowNs);
        _endings.Refill(context.NowNs);
    }

    /// <summary>Refuses a TCP segment for the address it was sent to (RFC 9293 section 3.10.7.1).</summary>
    public void Reset<TAddress>(ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool isAnswered = info.Protocol == IpProtocol.Tcp && (info.TcpFlags & TcpFlags.Rst) == 0;
        if (!isAnswered || !MayAnswer(ref info))
        {
            return;
        }
        FrameAddresses<TAddress> addresses = Backwards(ref frame, ref info, ref key);
        uint length = (uint)info.PayloadLength
            + ((info.TcpFlags & TcpFlags.Syn) != 0 ? 1u : 0) + ((info.TcpFlags & TcpFlags.Fin) != 0 ? 1u : 0);
        Span<byte> target = _memory.Slot(_used);
        int bytes = (info.TcpFlags & TcpFlags.Ack) != 0
            ? FrameWriter.Tcp(target, addresses, info.Acknowledgement, 0, TcpFlags.Rst, 0)
            : FrameWriter.Tcp(target, addresses, 0, info.Sequence + length, TcpFlags.Rst | TcpFlags.Ack, 0);
        Send(bytes, info.Port);
    }

    /// <summary>
    /// Ends a connection at both sides (<c>clsrst</c>): to each the RST that its peer would send next, at exactly the sequence number it has
    /// acknowledged (RFC 5961 section 3.2 accepts no other). For the sweep, between bursts: when memory is used up it sends what waits.
    /// </summary>
    public void ResetSession<TAddress>(SessionTable<TAddress> table, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (_used > SlotsPerBurst - 2)
        {
            egress.FlushAll();
            _used = 0;
        }
        ResetClient(table, session);
        ResetServer(table, session);
    }

    /// <summary>Ends a connection at the client's side.</summary>
    public void ResetClient<TAddress>(SessionTable<TAddress> table, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref SessionState state = ref table.State(session);
        ulong path = table.Entry((session * 2) + 1).Path;
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = context.Snapshot.Mac,
            DestinationMac = new MacAddress(FlowPath.MacOf(path)),
            Source = client.Key.Destination,
            Destination = client.Key.Source,
            SourcePort = client.Key.DestinationPort,
            DestinationPort = client.Key.SourcePort,
            VlanTag = state.ClientVlanTag,
            Ttl = FrameWriter.DefaultTtl,
        };
        SendReset(addresses, client.Acknowledged, client.SequenceEnd,
            FlowPath.PortOf(path));
    }

    /// <summary>Ends a connection at the server's side.</summary>
    public void ResetServer<TAddress>(SessionTable<TAddress> table, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref FlowEntry<TAddress> server = ref table.Entry((session * 2) + 1);
        ref SessionState state = ref table.State(session);
        Neighbor neighbor = context.Snapshot.Neighbors[client.Rewrite.Neighbor];
        if (!neighbor.IsResolved)
        {
            return;
        }
        ushort vlanTag = neighbor.VlanTag < 0 ? state.ClientVlanTag : (ushort)neighbor.VlanTag;
        int port = neighbor.Port >= 0
            ? neighbor.Port : context.Tables.Bridge.Find(neighbor.Mac, (ushort)(vlanTag & 0xfff), context.Now);
        bool oneSided = (state.Flags & SessionFlags.OneSided) != 0;
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = context.Snapshot.Mac,
            DestinationMac = neighbor.Mac,
            Source = oneSided ? client.Key.Source : server.Key.Destination,
            Destination = oneSided ? client.Key.Destination : server.Key.Source,
            SourcePort = oneSided ? client.Key.SourcePort : server.Key.DestinationPort,
            DestinationPort = oneSided ? client.Key.DestinationPort : server.Key.SourcePort,
            VlanTag = vlanTag,
            Ttl = FrameWriter.DefaultTtl,
        };
        uint next = oneSided ? client.SequenceEnd : server.Acknowledged;
        SendReset(addresses, next, oneSided ? client.Acknowledged : server.SequenceEnd, port);
    }

    private void SendReset<TAddress>(
        in FrameAddresses<TAddress> addresses, uint sequence, uint acknowledgement, int port)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (_used == SlotsPerBurst || !_endings.TryTake())
        {
            return;
        }
        int bytes = FrameWriter.Tcp(
            _memory.Slot(_used), addresses, sequence, acknowledgement, TcpFlags.Rst | TcpFlags.Ack, 0);
        Send(bytes, port);
    }

    /// <summary>Answers with ICMP "port unreachable" (RFC 792; RFC 4443 section 3.1).</summary>
    public void PortUnreachable<TAddress>(ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => Error(ref frame, ref info, ref key, IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Port,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Port, 0);

    /// <summary>Answers with "administratively prohibited": no resources (RFC 5508 REQ-8).</summary>
    public void Prohibited<TAddress>(ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => Error(ref frame, ref info, ref key, IcmpV4Type.DestinationUnreachable,
            IcmpV4UnreachableCode.AdministrativelyProhibited, IcmpV6Type.DestinationUnreachable,
            IcmpV6UnreachableCode.AdministrativelyProhibited, 0);

    /// <summary>Answers with "fragmentation needed" (RFC 1191 section 4) or "packet too big" (RFC 8201).</summary>
    public void TooBig<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, int mtu)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => Error(ref frame, ref info, ref key, IcmpV4Type.DestinationUnreachable,
            IcmpV4UnreachableCode.FragmentationNeeded, IcmpV6Type.PacketTooBig, 0, (uint)mtu);

    private void Error<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        byte type4, byte code4, byte type6, byte code6, uint parameter)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!IcmpRules.MayReport(ref frame, ref info, ref key) || !MayAnswer(ref info))
        {
            return;
        }
        Span<byte> target = _memory.Slot(_used);
        ReadOnlySpan<byte> packet = frame.Span[info.NetworkOffset..];
        FrameAddresses<TAddress> addresses = Backwards(ref frame, ref info, ref key);
        int bytes;
        if (addresses is FrameAddresses<Ipv4Address> v4)
        {
            bytes = FrameWriter.IcmpErrorV4(target, v4, type4, code4, parameter, packet);
        }
        else if (addresses is FrameAddresses<Ipv6Address> v6)
        {
            bytes = FrameWriter.IcmpErrorV6(target, v6, type6, code6, parameter, packet);
        }
        else
        {
            return;
        }
        Send(bytes, info.Port);
    }

    // Spends a token. Double-tagged frames are not answered: the inner tag would be lost.
    private bool MayAnswer(ref FrameInfo info)
        => _used < SlotsPerBurst && info.VlanTags <= 1 && _answers.TryTake();

    // A port below 0 is not known: as Forwarder floods, to the server ports.
    private void Send(int bytes, int port)
    {
        FrameDescriptor answer = _memory.Describe(_used++, bytes);
        if (port >= 0)
        {
            egress.Originate(answer, port);
            return;
        }
        for (int i = 0; i < context.Ports.Length; i++)
        {
            if ((context.Roles(i) & PortRoles.Server) != 0)
            {
                egress.Originate(answer, i);
            }
        }
    }

    private FrameAddresses<TAddress> Backwards<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => new()
        {
            SourceMac = context.Snapshot.Mac,
            DestinationMac = MacAddress.Read(frame.Span[MacAddress.Length..]),
            Source = key.Destination,
            Destination = key.Source,
            SourcePort = key.DestinationPort,
            DestinationPort = key.SourcePort,
            VlanTag = info.VlanTag,
            Ttl = FrameWriter.DefaultTtl,
        };
}
