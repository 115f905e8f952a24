// Opens sessions of one address family: service -> group -> metric -> rewrite plan -> two published entries. Called by SlowPath for
// the first frame of a session, and ends sessions for Forwarder and the sweep, so that counts and table stay in step.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Opens and ends sessions. One per loop and family.</summary>
public sealed class SessionOpener<TAddress>(
    LoopContext context, SessionTable<TAddress> table, SessionTable<TAddress>.LimboList limbo)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    // A proxy port may collide with a half-NAT client of the same address and port; more than a few in a row do not happen by chance.
    private const int PortTries = 4;

    private readonly ServerPicker _picker = new(context);
    private readonly HalfOpenReaper<TAddress> _reaper = new(table);

    /// <summary>
    /// Opens a session of the service for the client's flow. Returns the client-side flow, or -1 with the reason. A session that another
    /// loop has opened for the same flow meanwhile is as good as a new one.
    /// </summary>
    public int Open<TTracer>(
        ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        VirtualService service, in TTracer tracer, out DropReason reason)
        where TTracer : struct, IFrameTracer
    {
        MakeRoom();
        _picker.Begin(service, ref key);
        int flow = OpenOnServer(ref key, ref info, attachment, segment, service, tracer, out reason);
        _picker.GiveBack();
        return flow;
    }

    private int OpenOnServer<TTracer>(
        ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        VirtualService service, in TTracer tracer, out DropReason reason)
        where TTracer : struct, IFrameTracer
    {
        reason = DropReason.NoReal;
        int session = -1;
        while (_picker.TryNext(tracer, out RealServer? real))
        {
            session = session < 0 ? table.Allocate() : session;
            if (session < 0)
            {
                reason = DropReason.TableFull;
                return -1;
            }
            FillState(session, ref key, ref info, attachment, segment, real!,
                service.IdleTicks != 0 ? service.IdleTicks : real!.IdleTicks);
            FillService(session, service);
            SessionOpening opening = TryPublish(session, ref key, service, real!);
            if (TTracer.SeesSteps)
            {
                tracer.Opened(real!, opening);
            }
            switch (opening)
            {
                case SessionOpening.Opened:
                    _picker.Took();
                    context.Counters.Opened++;
                    reason = DropReason.None;
                    return session * 2;
                case SessionOpening.ClientKeyExists:
                    int found = table.Find(ref key, table.Hash(ref key));
                    reason = found < 0 ? DropReason.TupleInUse : DropReason.None;
                    return found;
                case SessionOpening.Full:
                    reason = DropReason.TableFull;
                    return -1;
                default:
                    reason = service.Mode == ForwardingMode.FullNat
                        ? DropReason.NoProxyPort : DropReason.TupleInUse;
                    break;
            }
        }
        if (session >= 0)
        {
            table.Return(session);
        }
        return -1;
    }

    /// <summary>Opens a session for a direct connection to a real server (DAM): its rewrite changes nothing.</summary>
    public int OpenDirect(
        ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        RealServer real, out DropReason reason)
    {
        MakeRoom();
        int session = table.Allocate();
        reason = DropReason.TableFull;
        if (session < 0)
        {
            return -1;
        }
        FillState(session, ref key, ref info, attachment, segment, real, real.IdleTicks);
        ref SessionState state = ref table.State(session);
        state.Flags |= SessionFlags.Direct;
        RewritePlans.ForNat(
            ref table.Entry(session * 2), ref table.Entry((session * 2) + 1), key.Source, key.SourcePort,
            key.Destination, key.DestinationPort, real.Neighbor);
        switch (table.Publish(session, limbo))
        {
            case SessionOpening.Opened:
                context.Tables.Loads.Opened(real.Id);
                context.Counters.Opened++;
                reason = DropReason.None;
                return session * 2;
            case SessionOpening.ClientKeyExists:
                reason = DropReason.None;
                return table.Find(ref key, table.Hash(ref key));
            case SessionOpening.ServerKeyExists:
                table.Return(session);
                reason = DropReason.TupleInUse;
                return -1;
            default:
                return -1;
        }
    }

    /// <summary>Ends a session; false when it has ended already, or another loop is ending it.</summary>
    public bool End(int session)
    {
        if (!table.TryEnd(session))
        {
            return false;
        }
        context.Offload?.Recall(table, session);
        GiveProxyPort(session);
        _picker.Ended(ref table.Entry(session * 2).Key, ref table.State(session), LastSeen(session));
        context.Counters.Ended++;
        table.Retire(session, limbo);
        return true;
    }

    /// <summary>
    /// Keeps the binding of a live session's client to its server (<c>pbind</c>). The sweep calls it for every bound session; every few
    /// seconds a share of them is due.
    /// </summary>
    public void KeepBinding(int session)
    {
        uint turn = (context.Now / Ticks.PerSecond) + (uint)session;
        if ((turn & (Limits.BindingRefreshSeconds - 1)) == 0)
        {
            _picker.Keep(ref table.Entry(session * 2).Key, ref table.State(session), LastSeen(session));
        }
    }

    private uint LastSeen(int session)
    {
        uint client = table.Entry(session * 2).LastSeen;
        uint server = table.Entry((session * 2) + 1).LastSeen;
        return (int)(client - server) > 0 ? client : server;
    }

    // Plans the session for the real server by the service's mode and makes it findable. ServerKeyExists leaves the slot to the caller.
    private SessionOpening TryPublish(
        int session, ref FlowKey<TAddress> key, VirtualService service, RealServer real)
    {
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref FlowEntry<TAddress> server = ref table.Entry((session * 2) + 1);
        TAddress address = AddressOf(real.Address);
        ushort realPort = service.RealPort != 0 ? service.RealPort : key.DestinationPort;
        switch (service.Mode)
        {
            case ForwardingMode.Dsr:
                table.State(session).Flags |= SessionFlags.OneSided;
                RewritePlans.ForDsr(ref client, ref server, real.Neighbor);
                return table.Publish(session, limbo);
            case ForwardingMode.FullNat:
                return TryPublishFromProxy(session, service, real, address, realPort);
            default:
                RewritePlans.ForNat(
                    ref client, ref server, key.Source, key.SourcePort, address, realPort, real.Neighbor);
                return table.Publish(session, limbo);
        }
    }

    // The first proxy address with a free port towards this server.
    private SessionOpening TryPublishFromProxy(
        int session, VirtualService service, RealServer real, TAddress address, ushort realPort)
    {
        foreach (ProxyAddress proxy in service.Proxies)
        {
            int number = proxy.PoolByReal[real.Id];
            for (int attempt = 0; number != 0 && attempt < PortTries; attempt++)
            {
                PortPool pool = context.Tables.PortPools[number];
                if (!pool.TryTake(out ushort port))
                {
                    break;
                }
                RewritePlans.ForNat(
                    ref table.Entry(session * 2), ref table.Entry((session * 2) + 1),
                    AddressOf(proxy.Address), port, address, realPort, real.Neighbor);
                table.State(session).PortPool = number;
                SessionOpening opening = table.Publish(session, limbo);
                if (opening == SessionOpening.Opened)
                {
                    return opening;
                }
                table.State(session).PortPool = 0;
                pool.Give(port);
                if (opening != SessionOpening.ServerKeyExists)
                {
                    return opening;
                }
            }
        }
        return SessionOpening.ServerKeyExists;
    }

    private void GiveProxyPort(int session)
    {
        int number = table.State(session).PortPool;
        if (number != 0)
        {
            context.Tables.PortPools[number].Give(table.Entry((session * 2) + 1).Key.DestinationPort);
        }
    }

    // In a nearly full table each new session pushes out the oldest half-open ones it finds: a SYN flood displaces itself, never an
    // established session (ALTEON.md section 5).
    private void MakeRoom()
    {
        for (int i = 0; i < Limits.EvictionsPerOpening && _reaper.IsCrowded; i++)
        {
            int victim = _reaper.FindOldest(context.Now);
            if (victim < 0)
            {
                return;
            }
            End(victim);
            context.Counters.Evicted++;
        }
    }

    private void FillService(int session, VirtualService service)
    {
        ref SessionState state = ref table.State(session);
        state.Virt = service.VirtId;
        state.ServicePort = service.Port;
        state.Flags |= service.ResetAtEnd ? SessionFlags.ResetAtEnd : SessionFlags.None;
        state.Flags |= service.Binding is not null ? SessionFlags.Bound : SessionFlags.None;
    }

    private void FillState(
        int session, ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        RealServer real, uint idleTicks)
    {
        SessionTimers timers = context.Snapshot.Timers;
        bool tcp = key.Protocol == IpProtocol.Tcp;
        uint profileIdle = tcp ? timers.IdleTcp : timers.IdleUdp;
        ref SessionState state = ref table.State(session);
        state = new SessionState
        {
            Phase = (int)SessionPhase.Opening,
            ClientVlanTag = info.VlanTag,
            Real = real.Id,
            OpenedAt = context.Now,
            IdleTicks = profileIdle != 0 ? profileIdle : idleTicks,
            Stage = tcp ? TcpStage.HalfOpen : TcpStage.None,
        };
        state.TimeoutTicks = tcp ? timers.HalfOpen : state.IdleTicks;
        if (tcp)
        {
            TcpTracker.ReadOptions(ref state, segment, fromClient: true);
        }
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref FlowEntry<TAddress> server = ref table.Entry((session * 2) + 1);
        client = default;
        server = default;
        client.Key = key;
        client.Path = server.Path = attachment;
        client.Real = server.Real = real.Id;
        client.LastSeen = context.Now;
        server.LastSeen = context.Now;
        table.NoteIdle(state.IdleTicks);
    }

    // A group serves addresses of both families; members of the other one are not in a service's group (SnapshotBuilder).
    internal static TAddress AddressOf(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (TAddress.IsV6)
        {
            address.V6.Write(bytes);
        }
        else
        {
            address.V4.Write(bytes);
        }
        return TAddress.Read(bytes);
    }
}
