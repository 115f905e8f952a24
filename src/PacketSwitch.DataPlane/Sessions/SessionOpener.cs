// Opens sessions of one address family: service -> group -> metric -> rewrite plan -> two published entries. Called by SlowPath for
// the first frame of a session, and ends sessions for Forwarder and the sweep, so that counts and table stay in step.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Opens and ends sessions. One per loop and family.</summary>
public sealed class SessionOpener<TAddress>(
    LoopContext context, SessionTable<TAddress> table, SessionTable<TAddress>.LimboList limbo)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    private readonly ServerPicker _picker = new(context);

    /// <summary>
    /// Opens a session of the service for the client's flow. Returns the client-side flow, or -1 with the reason. A session that another
    /// loop has opened for the same flow meanwhile is as good as a new one.
    /// </summary>
    public int Open(
        ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        VirtualService service, out DropReason reason)
    {
        _picker.Begin(service, key.Source);
        reason = DropReason.NoReal;
        int session = -1;
        while (_picker.TryNext(out RealServer? real))
        {
            session = session < 0 ? table.Allocate() : session;
            if (session < 0)
            {
                reason = DropReason.TableFull;
                return -1;
            }
            Fill(session, ref key, ref info, attachment, segment, service, real!);
            switch (table.Publish(session, limbo))
            {
                case SessionOpening.Opened:
                    context.Tables.Loads.Opened(real!.Id);
                    context.Counters.Opened++;
                    reason = DropReason.None;
                    return session * 2;
                case SessionOpening.ClientKeyExists:
                    reason = DropReason.None;
                    return table.Find(ref key, table.Hash(ref key));
                case SessionOpening.Full:
                    reason = DropReason.TableFull;
                    return -1;
                default:
                    reason = DropReason.TupleInUse;
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

    /// <summary>Ends a session, whoever owns it; nothing happens when another loop is already ending it.</summary>
    public void End(int session)
    {
        if (!table.TryEnd(session))
        {
            return;
        }
        context.Tables.Loads.Ended(table.State(session).Real);
        context.Counters.Ended++;
        table.Retire(session, limbo);
    }

    private void Fill(
        int session, ref FlowKey<TAddress> key, ref FrameInfo info, ulong attachment, Span<byte> segment,
        VirtualService service, RealServer real)
    {
        FillState(session, ref key, ref info, attachment, segment, real,
            service.IdleTicks != 0 ? service.IdleTicks : real.IdleTicks);
        ref SessionState state = ref table.State(session);
        state.Virt = service.VirtId;
        state.ServicePort = service.Port;
        state.Flags |= service.ResetAtEnd ? SessionFlags.ResetAtEnd : SessionFlags.None;
        ushort realPort = service.RealPort != 0 ? service.RealPort : key.DestinationPort;
        TAddress address = AddressOf(real);
        RewritePlans.ForNat(
            ref table.Entry(session * 2), ref table.Entry((session * 2) + 1), key.Source, key.SourcePort,
            address, realPort, real.Neighbor);
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
            ClientAttachment = attachment,
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
        client.LastSeen = context.Now;
        server.LastSeen = context.Now;
    }

    // A group serves addresses of both families; members of the other one are not in a service's group (SnapshotBuilder).
    private static TAddress AddressOf(RealServer real)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (TAddress.IsV6)
        {
            real.Address.V6.Write(bytes);
        }
        else
        {
            real.Address.V4.Write(bytes);
        }
        return TAddress.Read(bytes);
    }
}
