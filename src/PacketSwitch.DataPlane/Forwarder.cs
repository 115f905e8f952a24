// Second and third pass over a burst: find the session of each frame, apply its rewrite, hand it to the egress. What has no session, or
// needs thought, goes to SlowPath. Called by PortLoop once per burst. This file is the per-frame path: no modes, no policies,
// no allocation, no interface calls.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Decides a classified burst. One loop's.</summary>
public sealed partial class Forwarder<TTracer> where TTracer : struct, IFrameTracer
{
    private readonly LoopContext _context;
    private readonly Egress _egress;
    private readonly Bridge _bridge;
    private readonly HoldQueue _hold;
    private readonly Responder _responder;
    private readonly SlowPath<TTracer> _slowPath;
    private readonly TTracer _tracer;
    private readonly SessionTable<Ipv4Address> _sessions4;
    private readonly SessionTable<Ipv6Address> _sessions6;
    private readonly SessionOpener<Ipv4Address> _opener4;
    private readonly SessionOpener<Ipv6Address> _opener6;

    // What moves a session from stage to stage.
    private const TcpFlags Stages = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    // What every frame asks of snapshot and counters, within one step's reach. Set by Begin.
    private readonly PortContext[] _ports;
    private readonly OffloadKeeper? _offload;
    private readonly RealTraffic[] _traffic;
    private RealState[] _realStates = [];
    private Neighbor[] _neighbors = [];
    private ulong _mac;
    private ulong _macWord;
    private uint _now;
    private bool _balances;
    private bool _isWatched;

    // The frame that is being decided, for when deciding it throws.
    private int _next;

    // No frame of the burst has gone another way than ForwardSettled yet.
    private bool _allSettled;

    // Sessions the loop had opened when it looked for those of the burst.
    private long _openedAtGuess;

    /// <summary>Joins the parts of a loop.</summary>
    public Forwarder(LoopContext context, Egress egress, HoldQueue hold, Responder responder, TTracer tracer)
    {
        _context = context;
        _tracer = tracer;
        _egress = egress;
        _hold = hold;
        _responder = responder;
        _bridge = new Bridge(context, egress);
        _sessions4 = context.Tables.Sessions4;
        _sessions6 = context.Tables.Sessions6;
        _opener4 = new SessionOpener<Ipv4Address>(context, _sessions4, context.Limbo4);
        _opener6 = new SessionOpener<Ipv6Address>(context, _sessions6, context.Limbo6);
        var router = new Router(context, egress, hold, _bridge, responder);
        _slowPath = new SlowPath<TTracer>(context, this, _bridge, responder, router, tracer);
        _ports = context.Ports;
        _offload = context.Offload;
        _traffic = context.Counters.Reals;
    }

    /// <summary>The context has begun a pass.</summary>
    public void Begin()
    {
        SwitchSnapshot snapshot = _context.Snapshot;
        _realStates = snapshot.RealStates;
        _neighbors = snapshot.Neighbors;
        _mac = snapshot.Mac.Value;
        _macWord = snapshot.Mac.Word;
        _balances = snapshot.SlbOn;
        _isWatched = TTracer.IsEnabled || _context.Observer.IsOn;
        _now = _context.Now;
    }

    /// <summary>Ends the frames of a classified burst that waited in vain.</summary>
    public void GiveUp(FrameBurst burst, DropReason reason) => _slowPath.GiveUp(burst, reason);

    /// <summary>
    /// Decides every frame of the burst that Classifier has not. True when all of them were plain
    /// frames of settled flows, and so were given to a port.
    /// </summary>
    public bool Forward(FrameBurst burst)
    {
        Guess(burst.Infos.AsSpan(0, burst.Count));
        _next = 0;
        _allSettled = true;
        while (_next < burst.Count)
        {
            try
            {
                ForwardRest(burst);
            }
            catch (Exception)
            {
                // No packet may end the process: this one is dropped with its own reason, which
                // a person will look into.
                burst.Infos[_next].Dropped(DropReason.Internal);
                _context.Counters.Faults++;
                _next++;
                _allSettled = false;
            }
        }
        return _allSettled;
    }

    // A method of its own: what lives across a `try` is kept in memory, not in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ForwardRest(FrameBurst burst)
    {
        Span<FrameInfo> infos = burst.Infos.AsSpan(0, burst.Count);
        Span<FrameDescriptor> frames = burst.Frames.AsSpan(0, infos.Length);
        Span<FlowKey<Ipv4Address>> keys = burst.Keys4.AsSpan(0, infos.Length);
        bool maySettle = _balances && !TTracer.SeesSteps;
        for (int i = _next; i < infos.Length; i++)
        {
            if (maySettle)
            {
                i = ForwardSettled(_sessions4, infos, frames, keys, i);
                i = ForwardSettled(_sessions6, infos, frames, burst.Keys6, i);
                if (i == infos.Length)
                {
                    break;
                }
            }
            _next = i;
            _allSettled = false;
            ref FrameInfo info = ref infos[i];
            if (TTracer.SeesSteps)
            {
                _tracer.Begins(frames[i], info);
            }
            if (info.Verdict != Verdict.None)
            {
                continue;
            }
            if (info.Kind == FrameKind.Flow4)
            {
                ForwardFlow(_sessions4, _opener4, ref frames[i], ref info, ref keys[i]);
            }
            else if (info.Kind == FrameKind.Flow6)
            {
                ForwardFlow(_sessions6, _opener6, ref frames[i], ref info, ref burst.Keys6[i]);
            }
            else
            {
                _slowPath.Handle(burst, i);
            }
        }
        _next = infos.Length;
    }

    internal void ForwardFlow<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (_balances)
        {
            int flow = table.Find(ref key, info.Hash, info.Guess);
            if (flow < 0 && _context.Counters.Opened != _openedAtGuess)
            {
                // An earlier frame of the burst may have opened it since the guess; to open it
                // again would take a turn of the metric for nothing.
                flow = table.Find(ref key, info.Hash);
            }
            if (flow < 0 && _context.Roles(info.Port) == (PortRoles.Client | PortRoles.Server))
            {
                flow = FindAsServer(table, ref key);
            }
            if (TTracer.SeesSteps)
            {
                _tracer.LookedUp(flow, table.Count);
            }
            if (flow >= 0 && TryForwardSession(table, opener, ref frame, ref info, flow, PassReason.Session))
            {
                return;
            }
        }
        _slowPath.HandleFlow(table, opener, ref frame, ref info, ref key);
    }

    // A port that is both: the frame may be a server's answer, whose key has no VLAN.
    private static int FindAsServer<TAddress>(SessionTable<TAddress> table, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FlowKey<TAddress> asServer = key;
        asServer.Side = FlowSide.Server;
        asServer.VlanId = 0;
        return table.Find(ref asServer, table.Hash(ref asServer));
    }

    /// <summary>
    /// Forwards a frame of a session. False when the session has ended with this frame and the frame must be looked at afresh: it was
    /// idle too long, or a SYN opens it anew.
    /// </summary>
    internal bool TryForwardSession<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener,
        ref FrameDescriptor frame, ref FrameInfo info, int flow, PassReason reason)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowEntry<TAddress> entry = ref table.Entry(flow);
        ref SessionState state = ref table.State(flow >> 1);
        bool fromClient = (flow & 1) == 0;
        uint now = _now;
        info.Virt = state.Virt;
        info.Real = state.Real;
        if (SessionTable<TAddress>.Age(entry.LastSeen, now) >= state.TimeoutTicks && table.IsExpired(flow >> 1, now))
        {
            opener.End(flow >> 1);
            return false;
        }
        if (_realStates[state.Real] != RealState.Serving
            && !MayContinue(table, opener, ref frame, ref info, ref entry, ref state, flow))
        {
            return info.Verdict != Verdict.None;
        }
        if (info.Protocol == IpProtocol.Tcp)
        {
            if ((info.TcpFlags & Stages) != 0 || state.Stage != TcpStage.Established)
            {
                _offload?.Recall(table, flow >> 1);
                LearnServer(ref frame, ref info, fromClient);
                if (!fromClient && state.Stage == TcpStage.HalfOpen)
                {
                    WatchRefusals(ref info, state.Real, entry.Key.SourcePort);
                }
                TcpOutcome outcome = TcpTracker.Advance(
                    ref entry, ref table.Entry(flow ^ 1), ref state, ref info,
                    frame.Span.Slice(info.TransportOffset, info.TransportLength), fromClient,
                    _context.Snapshot.Timers);
                if (state.Stage != TcpStage.Established)
                {
                    table.Unsettle(flow >> 1);
                }
                if (outcome == TcpOutcome.Reopen)
                {
                    opener.End(flow >> 1);
                    return false;
                }
                if (outcome == TcpOutcome.RejectReset)
                {
                    info.Dropped(DropReason.RstOutOfWindow);
                    return true;
                }
                if (outcome == TcpOutcome.Forward)
                {
                    TcpTracker.TrackNumbers(ref entry, ref info);
                }
            }
            else
            {
                TcpTracker.TrackNumbers(ref entry, ref info);
                if ((entry.Packets & OffloadKeeper.FramesMask) == OffloadKeeper.FramesMask
                    || state.Offload != 0)
                {
                    _offload?.Note(flow, TAddress.IsV6);
                }
            }
        }
        else if (entry.Packets == 0)
        {
            LearnServer(ref frame, ref info, fromClient);
        }
        Deliver(table, ref frame, ref info, ref entry, ref state, flow, reason);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info, ref FlowEntry<TAddress> entry,
        ref SessionState state, int flow, PassReason reason)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool fromClient = (flow & 1) == 0;
        ulong mac;
        int port;
        int vlan;
        if (entry.Rewrite.Neighbor == Rewrite<TAddress>.ToClient)
        {
            mac = FlowPath.MacOf(entry.Path);
            port = FlowPath.PortOf(entry.Path);
            vlan = state.ClientVlanTag & 0xfff;
        }
        else
        {
            ref Neighbor neighbor = ref _neighbors[entry.Rewrite.Neighbor];
            mac = neighbor.Mac.Value;
            port = neighbor.Port;
            vlan = neighbor.VlanTag;
            if (mac == 0)
            {
                info.Pass = reason;
                Hold(ref frame, ref info, entry.Rewrite.Neighbor);
                return;
            }
        }
        if (fromClient)
        {
            LookWhereClientIs(table, ref frame, ref info, ref entry, ref state, flow);
        }
        if (port < 0)
        {
            port = _context.Tables.Bridge.Find(new MacAddress(mac), info.VlanId, _context.Now);
        }
        PortContext? egress = port >= 0 ? _ports[port] : null;
        if (egress is not null && !CanCarry(ref frame, ref info, egress, ref entry.Key))
        {
            return;
        }
        if (info.IsSuperFrame && frame.SegmentSize == 0)
        {
            frame.SegmentSize = SegmentSize(ref frame, ref info, ref state, fromClient);
        }
        if (Count(ref frame, ref entry, state.Real, fromClient))
        {
            table.CarryBytes(flow);
        }
        FrameRewriter.Apply(ref entry.Rewrite, frame.Span, ref info, frame.Checksum);
        FrameRewriter.SetMacs(ref frame, mac, _mac);
        if (vlan >= 0 && vlan != info.VlanId)
        {
            FrameRewriter.SetVlan(ref frame, ref info, (ushort)vlan);
        }
        info.Verdict = Verdict.Transmit;
        info.Pass = reason;
        if (egress is null)
        {
            _bridge.Flood(ref frame, ref info, PortRoles.Server);
            info.Pass = reason;
        }
        else if (!_egress.TryAddFitting(ref frame, ref info, egress))
        {
            info.Verdict = Verdict.Drop;
        }
        else if ((entry.Path & FlowPath.Settled) == 0)
        {
            table.TrySettle(flow);
        }
    }

    // True when the entry's octets have wrapped.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Count<TAddress>(
        ref FrameDescriptor frame, ref FlowEntry<TAddress> entry, int real, bool fromClient)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        uint length = (uint)frame.Length;
        entry.LastSeen = _now;
        entry.Packets++;
        entry.BytesLow += length;
        ref RealTraffic traffic = ref _traffic[real];
        if (fromClient)
        {
            traffic.PacketsTo++;
            traffic.BytesTo += frame.Length;
        }
        else
        {
            traffic.PacketsFrom++;
            traffic.BytesFrom += frame.Length;
        }
        return entry.BytesLow < length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Hold(ref FrameDescriptor frame, ref FrameInfo info, int neighbor)
    {
        _context.TryAskFor(neighbor);
        if (_hold.TryAdd(frame, info, neighbor, _context.NowNs))
        {
            info.Verdict = Verdict.Held;
        }
        else
        {
            info.Dropped(DropReason.NoArp);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SourceMac(ref FrameDescriptor frame)
        => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(frame.Span[(MacAddress.Length - 2)..]) & 0xffff_ffff_ffff;
}
