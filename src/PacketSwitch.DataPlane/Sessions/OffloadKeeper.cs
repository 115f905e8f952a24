// Gives long connections to the FlowOffload and takes them back: one loop's part of it. Forwarder
// notes frames of sessions that are carried or long enough, PortLoop calls AfterSend when a burst
// has been sent, and one loop of all keeps the counters up to date. The order in memory is argued
// in OffloadTable.
//
// A carried session is taken back by every frame that moves its TCP state, by its end, when its
// client moves, when the snapshot or a port changes, and while somebody watches the loop: what is
// to be seen must pass through it. Its counters and TCP numbers are then as if the loops had
// carried it all along, at most a tenth of a second late.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A loop's dealings with the offload.</summary>
public sealed class OffloadKeeper
{
    /// <summary>Every so many frames of a direction its session is looked at: a power of two less
    /// one.</summary>
    public const uint FramesMask = 63;

    /// <summary>A number that is just being asked for.</summary>
    internal const uint Asking = uint.MaxValue;

    private readonly LoopContext _context;
    private readonly OffloadTable _table;
    private readonly FlowOffload _offload;
    private readonly int[] _noted = new int[Limits.BurstFrames];
    private readonly bool[] _isNotedV6 = new bool[Limits.BurstFrames];
    private int _count;
    private long _nextNs;
    private long _version;
    private long _ports;
    private bool _wasWatched;
    private bool _isHurried;
    private int _position;

    public OffloadKeeper(LoopContext context, OffloadTable table)
    {
        _context = context;
        _table = table;
        _offload = table.Offload;
    }

    // Whoever watches wants to see every frame.
    private bool MayTake => !_context.Observer.WantsPassing
        && _context.Snapshot is { SlbOn: true, Offload: true };

    /// <summary>A frame of an established connection's flow is forwarded with this burst.</summary>
    public void Note(int flow, bool isV6)
    {
        if (_count < _noted.Length)
        {
            _noted[_count] = flow;
            _isNotedV6[_count++] = isV6;
        }
    }

    /// <summary>The frames of the burst have been sent.</summary>
    public void AfterSend()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_isNotedV6[i])
            {
                AfterSend(_context.Tables.Sessions6, _noted[i]);
            }
            else
            {
                AfterSend(_context.Tables.Sessions4, _noted[i]);
            }
        }
        _count = 0;
    }

    /// <summary>Takes a session back, if it is carried.</summary>
    public void Recall<TAddress>(SessionTable<TAddress> table, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(session);
        uint number = Volatile.Read(ref state.Offload);
        bool isMine = number is not (0 or Asking)
            && Interlocked.CompareExchange(ref state.Offload, 0, number) == number;
        if (!isMine)
        {
            return;
        }
        _offload.End((int)number);
        ref OffloadedSession carried = ref _table.Enter((int)number);
        Fold(table, (int)number, ref carried);
        carried.Phase = OffloadPhase.Cooling;
        carried.EndedAtNs = _context.NowNs;
        OffloadTable.Leave(ref carried);
    }

    /// <summary>
    /// In each pass of one of the loops: looks at all that is carried ten times a second, a part at
    /// a time, and counts it; takes back what must be. When the snapshot or a port has changed, or
    /// somebody begins to watch, it begins to take back everything at once.
    /// </summary>
    public void Keep()
    {
        int highest = _table.Highest;
        bool isChanged = HasChanged();
        if (highest == 0)
        {
            return;
        }
        if (isChanged)
        {
            _isHurried = true;
            _position = 0;
        }
        if (_isHurried || _context.NowNs >= _nextNs)
        {
            int parts = ((highest - 1) / Limits.OffloadedPerPass) + 1;
            _nextNs = _context.NowNs + (Limits.OffloadCountNanoseconds / parts);
            KeepPart(highest, MayTake);
        }
    }

    /// <summary>Takes everything back, at the end.</summary>
    public void RecallAll()
    {
        int highest = _table.Highest;
        _position = 0;
        for (int done = 0; done < highest; done += Limits.OffloadedPerPass)
        {
            KeepPart(highest, mayStay: false);
        }
    }

    private void KeepPart(int highest, bool mayStay)
    {
        int end = Math.Min(_position + Limits.OffloadedPerPass, highest);
        while (_position < end)
        {
            int number = ++_position;
            switch (_table.PhaseOf(number))
            {
                case OffloadPhase.Used:
                    KeepOne(number, mayStay);
                    break;
                case OffloadPhase.Cooling:
                    EndOne(number);
                    break;
            }
        }
        if (_position >= highest)
        {
            _position = 0;
            _isHurried = false;
        }
    }

    private bool HasChanged()
    {
        long version = _context.Snapshot.Version;
        bool isWatched = _context.Observer.WantsPassing;
        bool isChanged = version != _version || isWatched != _wasWatched;
        _version = version;
        _wasWatched = isWatched;
        if (_context.NowNs >= _nextNs)
        {
            long ports = LookAtPorts();
            isChanged |= ports != _ports;
            _ports = ports;
        }
        return isChanged;
    }

    private void KeepOne(int number, bool mayStay)
    {
        ref OffloadedSession carried = ref _table.Enter(number);
        bool isUsed = carried.Phase == OffloadPhase.Used;
        bool isV6 = carried.IsV6;
        int session = carried.Session;
        if (isUsed && isV6)
        {
            mayStay &= Fold(_context.Tables.Sessions6, number, ref carried);
        }
        else if (isUsed)
        {
            mayStay &= Fold(_context.Tables.Sessions4, number, ref carried);
        }
        // Another loop may have taken it after the change, and not have seen it yet.
        mayStay &= carried.Version == _version && carried.Ports == _ports;
        OffloadTable.Leave(ref carried);
        if (isUsed && !mayStay && isV6)
        {
            Recall(_context.Tables.Sessions6, session);
        }
        else if (isUsed && !mayStay)
        {
            Recall(_context.Tables.Sessions4, session);
        }
    }

    // What was on its way when the session was taken back belongs to nobody's entry any more.
    private void EndOne(int number)
    {
        ref OffloadedSession carried = ref _table.Enter(number);
        bool isOver = carried.Phase == OffloadPhase.Cooling
            && _context.NowNs - carried.EndedAtNs >= Limits.OffloadCountNanoseconds;
        if (isOver)
        {
            Count(_offload.Collect(number, fromClient: true), carried.Real, fromClient: true);
            Count(_offload.Collect(number, fromClient: false), carried.Real, fromClient: false);
            carried.Phase = OffloadPhase.Free;
            _offload.Free(number);
        }
        OffloadTable.Leave(ref carried);
    }

    // False when the connection is not established any more, or has been silent for a time: another
    // may need the number.
    private bool Fold<TAddress>(
        SessionTable<TAddress> table, int number, ref OffloadedSession carried)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(carried.Session);
        int flow = carried.Session * 2;
        bool isUsed = Fold(ref table.Entry(flow), ref state, number, fromClient: true);
        isUsed |= Fold(ref table.Entry(flow + 1), ref state, number, fromClient: false);
        carried.UsedAtNs = isUsed ? _context.NowNs : carried.UsedAtNs;
        return state.Stage == TcpStage.Established
            && _context.NowNs - carried.UsedAtNs < Limits.OffloadIdleNanoseconds;
    }

    // True when something was carried.
    private bool Fold<TAddress>(
        ref FlowEntry<TAddress> entry, ref SessionState state, int number, bool fromClient)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        OffloadTally tally = _offload.Collect(number, fromClient);
        Count(tally, state.Real, fromClient);
        if (tally.Frames == 0)
        {
            return false;
        }
        entry.LastSeen = _context.Now;
        entry.Packets += (uint)tally.Frames;
        long bytes = state.BytesOf(entry.BytesLow, fromClient) + tally.Bytes;
        entry.BytesLow = (uint)bytes;
        state.SetBytesHigh((ushort)(bytes >> 32), fromClient);
        if ((int)(tally.SequenceEnd - entry.SequenceEnd) > 0)
        {
            entry.SequenceEnd = tally.SequenceEnd;
        }
        if ((int)(tally.Acknowledged - entry.Acknowledged) >= 0)
        {
            entry.Acknowledged = tally.Acknowledged;
            entry.Window = (ushort)tally.Window;
            FlowPath.Mark(ref entry.Path, FlowPath.WholeWindow, isSet: false);
        }
        return true;
    }

    private void Count(in OffloadTally tally, int real, bool fromClient)
    {
        LoopCounters counters = _context.Counters;
        counters.Received += tally.Frames;
        counters.Offloaded += tally.Frames;
        counters.Transmitted += tally.Frames - tally.Failed;
        counters.Dropped[(int)DropReason.SendFailed] += tally.Failed;
        ref RealTraffic traffic = ref counters.Reals[real];
        if (fromClient)
        {
            traffic.PacketsTo += tally.Frames;
            traffic.BytesTo += tally.Bytes;
        }
        else
        {
            traffic.PacketsFrom += tally.Frames;
            traffic.BytesFrom += tally.Bytes;
        }
    }

    private void AfterSend<TAddress>(SessionTable<TAddress> table, int flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(flow >> 1);
        uint number = Volatile.Read(ref state.Offload);
        if (number == 0)
        {
            TryTake(table, flow >> 1, ref state);
        }
        else if (number != Asking)
        {
            bool fromClient = (flow & 1) == 0;
            _offload.Sent((int)number, fromClient, table.Entry(flow).SequenceEnd);
        }
    }

    private void TryTake<TAddress>(
        SessionTable<TAddress> table, int session, ref SessionState state)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong path = FlowPath.Read(ref table.Entry((session * 2) + 1).Path);
        if (!MayTake || state.Stage != TcpStage.Established || !table.IsLive(session)
            || !OffloadPlan.TryMake(
                _context, table, session,
                out OffloadedFlow fromClient, out OffloadedFlow fromServer)
            || Interlocked.CompareExchange(ref state.Offload, Asking, 0) != 0)
        {
            return;
        }
        table.Unsettle(session);
        long ports = LookAtPorts();
        int number = _offload.TryTake(fromClient, fromServer);
        if (number != 0)
        {
            _table.Begin(number, new OffloadedSession
            {
                Session = session,
                IsV6 = TAddress.IsV6,
                Real = state.Real,
                Version = _context.Snapshot.Version,
                Ports = ports,
                UsedAtNs = _context.NowNs,
            });
        }
        Interlocked.Exchange(ref state.Offload, (uint)number);
        if (number != 0 && (!table.IsLive(session) || !IsStillAt(table, session, path)))
        {
            Recall(table, session);
        }
    }

    // The client is where it was when the flows were described.
    private static bool IsStillAt<TAddress>(
        SessionTable<TAddress> table, int session, ulong before)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong path = FlowPath.Read(ref table.Entry((session * 2) + 1).Path);
        return FlowPath.AttachmentOf(path) == FlowPath.AttachmentOf(before)
            && table.State(session).ClientVlanTag == 0;
    }

    // Differs from the last look when a port went down, came back, changed its MTU or was opened
    // anew.
    private long LookAtPorts()
    {
        long look = _offload.Changes;
        foreach (PortContext port in _context.Ports)
        {
            port.Refresh();
            look = (look * 131_071) + (port.IsUp ? port.MaxFrameBytes : 0);
        }
        return look;
    }
}
