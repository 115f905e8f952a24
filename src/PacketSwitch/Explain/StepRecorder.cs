// Collects what the tracer and the observed ports of an offline switch tell, frame by frame, and
// hands it on in the order of the frames' entry, once they are decided. A frame that waits holds
// back those after it. One thread's.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Frames with their steps.</summary>
internal sealed class StepRecorder
{
    private readonly Queue<RecordedFrame> _waiting = [];
    private readonly Dictionary<long, FrameTrace> _open = [];
    private readonly FrameTrace?[] _burst = new FrameTrace?[Limits.BurstFrames];
    private SharedTables? _tables;
    private Func<long> _now = () => 0;
    private FrameTrace? _current;

    /// <summary>Gets each frame that entered once it is decided, in the order of entry.</summary>
    public Action<FrameTrace>? Completed { get; set; }

    /// <summary>
    /// Gets every frame at every port, in order, once the frame that it is about is decided.
    /// </summary>
    public Action<RecordedFrame>? Recorded { get; set; }

    /// <summary>The first of the frames that wait for a neighbour or a fragment; null when none
    /// does.</summary>
    public FrameTrace? Held => _waiting.FirstOrDefault(
        each => each is { IsInbound: true, Trace: { Waited: true, IsDecided: false } })?.Trace;

    /// <summary>Names the switch that is watched.</summary>
    public void Watch(SharedTables tables, Func<long> now)
    {
        _tables = tables;
        _now = now;
    }

    public void Begins(in FrameDescriptor frame, in FrameInfo info)
    {
        if (!_open.TryGetValue(info.Number, out FrameTrace? trace))
        {
            trace = new FrameTrace(
                info.Number, frame.Span.ToArray(), frame.WireLength, _now(), info);
            _open.Add(info.Number, trace);
            _waiting.Enqueue(new RecordedFrame(
                true, info.Port, trace.Bytes, trace.WireLength, trace.TimeNs, trace,
                    IsCopy: false));
        }
        _current = trace;
        _burst[frame.BurstIndex] = trace;
    }

    public void Decided(in FrameInfo info)
    {
        if (!_open.TryGetValue(info.Number, out FrameTrace? trace))
        {
            return;
        }
        PassReason heldAs = trace.Info.Pass;
        trace.Info = info;
        if (info.Verdict == Verdict.Held)
        {
            trace.Waited = true;
            return;
        }
        if (trace.Waited && heldAs == PassReason.New && info.Verdict == Verdict.Transmit)
        {
            // It opened a session and then waited; looked at afresh it found that session.
            trace.Info = info with { Pass = PassReason.New };
        }
        trace.IsDecided = true;
        _open.Remove(info.Number);
        _current = null;
        HandOn();
    }

    public void Sent(int port, in FrameDescriptor frame)
    {
        bool isCopy = frame.BurstIndex >= 0;
        FrameTrace? trace = isCopy ? _burst[frame.BurstIndex] : _current;
        byte[] bytes = frame.Span.ToArray();
        var sent = new RecordedFrame(false, port, bytes, bytes.Length, _now(), trace, isCopy);
        (isCopy ? trace?.Copies : trace?.Answers)?.Add(sent);
        _waiting.Enqueue(sent);
        HandOn();
    }

    private void HandOn()
    {
        while (_waiting.TryPeek(out RecordedFrame? first)
            && (first.Trace is null || first.Trace.IsDecided))
        {
            _waiting.Dequeue();
            Recorded?.Invoke(first);
            if (first.IsInbound)
            {
                Completed?.Invoke(first.Trace!);
            }
        }
    }

    public void LookedUp(int flow, int sessions)
    {
        if (_current is null || _tables is null)
        {
            return;
        }
        FoundSession? found = flow < 0 ? null
            : _current.First.Kind is FrameKind.Flow6 or FrameKind.Ipv6
            ? Describe(_tables.Sessions6, flow) : Describe(_tables.Sessions4, flow);
        _current.Steps.Add(new SessionStep(sessions, found));
    }

    public void Matched(VirtualServer virt, VirtualService? service)
        => Add(new VirtStep(virt, service));

    public void AskedBinding(VirtualService service, RealServer? real)
        => Add(new BindingStep(service, real));

    public void Opened(RealServer real, SessionOpening opening) => Add(new OpenStep(real, opening));

    public void Picked(
        ServerGroup group, in PickContext pick, ReadOnlySpan<MemberMark> marks, int member)
    {
        var candidates = new Candidate[group.Members.Length];
        for (int i = 0; i < candidates.Length; i++)
        {
            GroupMember place = group.Members[i];
            RealServer? offered = pick.Offer(i);
            RealServer? server = offered ?? place.Servers.FirstOrDefault();
            bool isFull = marks[i] == MemberMark.Free && server is not null && offered is null;
            candidates[i] = new Candidate(
                place.Id, server, marks[i], isFull, server is null ? 0
                    : pick.Loads.Current(server.Id),
                server is null ? 0 : pick.ServiceSessions(server), server?.Weight
                    ?? place.ConfiguredWeight);
        }
        Add(new PickStep(group.Id, candidates, member < 0 ? null : candidates[member]));
    }

    private void Add(TraceStep step) => _current?.Steps.Add(step);

    private FoundSession Describe<TAddress>(SessionTable<TAddress> table, int flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(flow >> 1);
        uint now = Ticks.At(_now());
        uint client = table.Entry(flow & ~1).LastSeen;
        uint server = table.Entry(flow | 1).LastSeen;
        uint last = (int)(client - server) > 0 ? client : server;
        return new FoundSession(
            (flow >> 1) + 1, (flow & 1) == 0, state.Virt, state.Real, state.Stage,
            (now - state.OpenedAt) / Ticks.PerSecond, (now - last) / Ticks.PerSecond,
            state.TimeoutTicks / Ticks.PerSecond);
    }
}
