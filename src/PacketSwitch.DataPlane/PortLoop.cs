// One loop of the data plane: receives bursts on its ports, has them classified, forwarded and sent, and does the bounded chores in between.
// Run by one thread, by a replay or by a test, which gives it the time; it never waits.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A loop over one or several ports.</summary>
public sealed class PortLoop<TTracer> where TTracer : struct, IFrameTracer
{
    private readonly LoopContext _context;
    private readonly SnapshotCell _cell;
    private readonly PortContext[] _served;
    private readonly FrameBurst _burst = new();
    private readonly Classifier _classifier;
    private readonly Egress _egress;
    private readonly HoldQueue _hold = HoldQueue.ForNeighbors();
    private readonly Responder _responder;
    private readonly Forwarder<TTracer> _forwarder;
    private readonly Sweeper<TTracer> _sweeper;
    private readonly FrameMemory _injected = new(Limits.CommandsPerPass, Limits.PuntBytes);
    private readonly TTracer _tracer;
    private readonly int _number;
    private long _received;
    private long _heldVersion;

    /// <summary>Makes a loop.</summary>
    /// <param name="ports">All ports of the switch, by index; the loop may send on any.</param>
    /// <param name="served">Indexes of the ports this loop receives on; no other loop does.</param>
    /// <param name="tables">The tables all loops share.</param>
    /// <param name="cell">Where snapshots are published.</param>
    /// <param name="tracer">Watches the verdicts.</param>
    /// <param name="number">This loop's number, from 0.</param>
    /// <param name="loops">How many loops there are: each sweeps its share of the session table.</param>
    public PortLoop(
        IReadOnlyList<IPacketPort> ports, IReadOnlyList<int> served, SharedTables tables, SnapshotCell cell,
        TTracer tracer, int number = 0, int loops = 1)
    {
        _context = new LoopContext(ports, tables, cell.Current);
        _cell = cell;
        _number = number;
        _served = new PortContext[served.Count];
        for (int i = 0; i < served.Count; i++)
        {
            _served[i] = _context.Ports[served[i]];
        }
        _tracer = tracer;
        _classifier = new Classifier(tables.Sessions4, tables.Sessions6);
        _egress = new Egress(_context, _burst);
        _responder = new Responder(_context, _egress);
        _forwarder = new Forwarder<TTracer>(_context, _egress, _hold, _responder, tracer);
        _sweeper = new Sweeper<TTracer>(_context, _forwarder, number, loops);
    }

    /// <summary>What the loop counts. Read by any thread.</summary>
    public LoopCounters Counters => _context.Counters;

    /// <summary>Messages to the control plane; control is the consumer.</summary>
    public SpscQueue<Punt> Punts => _context.Punts;

    /// <summary>Messages from the control plane; control is the producer.</summary>
    public SpscQueue<LoopCommand> Commands => _context.Commands;

    /// <summary>Where watches are put on the loop.</summary>
    public WatchCell Watches => _context.Observer.Cell;

    /// <summary>When the loop wants to run though no frame has come: the end of the oldest held frame's time.</summary>
    public long NextDeadlineNs => Math.Min(
        Math.Min(_hold.NextDeadlineNs, _context.Hosts.Held.NextDeadlineNs), _context.Fragments.Held.NextDeadlineNs);

    /// <summary>One pass: at most one burst per port. Returns how many frames and commands it handled.</summary>
    /// <param name="nowNs">The time, in nanoseconds; it must not go back.</param>
    public int RunOnce(long nowNs)
    {
        SwitchSnapshot snapshot = _cell.Current;
        _context.Tables.Epochs.Enter(_context.Epoch);
        _context.Begin(nowNs, snapshot);
        _forwarder.Begin();
        int handled = RunCommands();
        if (snapshot.Version != _heldVersion || _hold.NextDeadlineNs <= nowNs
            || _context.Hosts.Held.NextDeadlineNs <= nowNs)
        {
            _heldVersion = snapshot.Version;
            handled += Release(_hold, new NeighborRule(snapshot));
            handled += Release(_context.Hosts.Held, new HostRule(_context.Hosts, snapshot));
        }
        handled += ReleaseFragments();
        foreach (PortContext port in _served)
        {
            int count = port.Port.Receive(_burst);
            if (count > 0)
            {
                handled += count;
                _burst.FirstNumber = _received + 1;
                _received += count;
                _context.Counters.Received += count;
                Process(port);
                port.Port.Release(_burst);
                handled += ReleaseFragments();
            }
        }
        _responder.BeginBurst();
        _sweeper.Sweep();
        if (_number == 0)
        {
            _context.Offload?.Keep();
        }
        _egress.FlushAll();
        if (_context.Observer.IsOn)
        {
            _context.Observer.EndPass();
        }
        _context.Tables.Epochs.Exit(_context.Epoch);
        _sweeper.Reclaim();
        return handled;
    }

    /// <summary>Sweeps the whole table at the given time, as a replay does after a long silence.</summary>
    public void SweepAll(long nowNs)
    {
        _context.Tables.Epochs.Enter(_context.Epoch);
        _context.Begin(nowNs, _cell.Current);
        _forwarder.Begin();
        _responder.BeginBurst();
        _sweeper.SweepAll();
        _egress.FlushAll();
        if (_context.Observer.IsOn)
        {
            _context.Observer.EndPass();
        }
        _context.Tables.Epochs.Exit(_context.Epoch);
        _sweeper.Reclaim();
    }

    /// <summary>Takes back and counts what the offload carries, before the switch ends.</summary>
    public void EndOffload(long nowNs)
    {
        _context.Tables.Epochs.Enter(_context.Epoch);
        _context.Begin(nowNs, _cell.Current);
        _context.Offload?.RecallAll();
        _context.Tables.Epochs.Exit(_context.Epoch);
    }

    private void Process(PortContext port, DropReason tooLate = DropReason.None)
    {
        foreach (PortContext each in _context.Ports)
        {
            each.Refresh();
        }
        _responder.BeginBurst();
        _classifier.Classify(_burst, port, _context.Roles(port.Index));
        bool isWatched = _context.Observer.IsOn;
        if (isWatched)
        {
            _context.Observer.Entered(_burst, port.Index);
        }
        bool allSettled = false;
        _egress.HasFailed = false;
        if (tooLate == DropReason.None)
        {
            allSettled = _forwarder.Forward(_burst);
        }
        else
        {
            _forwarder.GiveUp(_burst, tooLate);
        }
        _egress.FlushAll();
        _context.Offload?.AfterSend();
        if (allSettled && !_egress.HasFailed && !TTracer.IsEnabled)
        {
            _context.Counters.Transmitted += _burst.Count;
        }
        else
        {
            CountVerdicts();
        }
        if (isWatched)
        {
            _context.Observer.Decided(_burst);
        }
    }

    // After the sends: a frame of which no copy could be sent is a drop.
    private void CountVerdicts()
    {
        LoopCounters counters = _context.Counters;
        int transmitted = 0; // By far the most: a register, not a counter in memory, for each.
        for (int i = 0; i < _burst.Count; i++)
        {
            ref FrameInfo info = ref _burst.Infos[i];
            if (info.Verdict == Verdict.Transmit && info.FailedCopies == info.Copies)
            {
                info.Dropped(DropReason.SendFailed);
            }
            switch (info.Verdict)
            {
                case Verdict.Transmit:
                    transmitted++;
                    break;
                case Verdict.Punt:
                    counters.Punted++;
                    break;
                case Verdict.Held:
                    counters.Held++;
                    break;
                default:
                    counters.Dropped[(int)info.Drop]++;
                    break;
            }
            if (TTracer.IsEnabled)
            {
                _tracer.Decided(info);
            }
        }
        counters.Transmitted += transmitted;
    }

    // Once per burst, whatever number of datagrams got their first fragment in it.
    private int ReleaseFragments()
    {
        FragmentTable fragments = _context.Fragments;
        if (!fragments.HasDue && fragments.Held.NextDeadlineNs > _context.NowNs)
        {
            return 0;
        }
        fragments.HasDue = false;
        return Release(fragments.Held, new FragmentRule(fragments));
    }

    // Frames for which what they wait for has come go their way from the start; those whose time is up are dropped.
    private int Release<TRule>(HoldQueue queue, TRule rule)
        where TRule : struct, IHoldRule
    {
        int released = 0;
        _burst.IsAgain = true;
        while (queue.TryTake(_burst, rule, _context.NowNs, out int port, out bool expired))
        {
            released += _burst.Count;
            _context.Counters.Held -= _burst.Count;
            Process(_context.Ports[port], expired ? rule.TooLate : DropReason.None);
        }
        _burst.IsAgain = false;
        return released;
    }

    private int RunCommands()
    {
        int done = 0;
        while (done < Limits.CommandsPerPass && _context.Commands.TryPeek(out int slot))
        {
            LoopCommand command = _context.Commands[slot];
            _context.Commands[slot] = default;
            _context.Commands.Release();
            if (command.Kind != CommandKind.Send)
            {
                EndSession(command);
                done++;
                continue;
            }
            command.Frame.AsSpan().CopyTo(_injected.Slot(done));
            FrameDescriptor frame = _injected.Describe(done, command.Frame.Length);
            for (int port = 0; port < _context.Ports.Length; port++)
            {
                if (command.Port == port || command.Port < 0)
                {
                    _context.Ports[port].Refresh();
                    _egress.Originate(frame, port);
                }
            }
            done++;
        }
        if (done > 0)
        {
            _egress.FlushAll();
        }
        return done;
    }

    private void EndSession(in LoopCommand command)
    {
        _responder.BeginBurst();
        if (command.Kind == CommandKind.EndSession4)
        {
            _forwarder.End<Ipv4Address>(command);
        }
        else
        {
            _forwarder.End<Ipv6Address>(command);
        }
        _egress.FlushAll();
    }
}
