// Names the real servers that may take a new session, best first: the one the client is bound to, then the group's members by its metric, then
// those of its backup. Used by SessionOpener, which tries them in turn until one can take it (another session may hold the same client
// address and port, or no proxy port may be left), and which tells when a session has ended. One per loop and family.
//
// A named server has a place reserved for the session, so that maxcon is exact with any number of loops: the opener says Took when the
// session is in the table, else GiveBack; naming the next server gives the place of the last one back.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The choice of a real server for one session at a time.</summary>
public sealed class ServerPicker(LoopContext context)
{
    private readonly MemberMark[] _marks = new MemberMark[Limits.MaxIdentifier];
    private readonly RealLoads _loads = context.Tables.Loads;
    private readonly ServiceLoads _serviceLoads = context.Tables.ServiceLoads;
    private readonly ClientBindings _bindings = new(context);
    private VirtualService _service = null!;
    private ServerGroup? _group;
    private RealServer? _named;
    private IpAddress _client;
    private ushort _clientPort;
    private ulong _serviceKey;
    private ulong _fingerprint;
    private ulong _sourceHash;
    private uint _picks;
    private bool _asksBinding;
    private bool _someWait;

    /// <summary>Begins the choice for a client of the service.</summary>
    public void Begin<TAddress>(VirtualService service, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        GiveBack(); // Only after a fault is there anything left to give back.
        _service = service;
        _client = key.Source.ToIpAddress();
        _clientPort = key.SourcePort;
        _serviceKey = ServiceLoads.KeyOf(service.VirtId, service.Port, key.Protocol);
        _asksBinding = service.Binding is not null;
        _fingerprint = _asksBinding ? _bindings.Fingerprint(service.Binding!, ref key, service.Port) : 0;
        _picks++;
        Enter(service.Group);
    }

    /// <summary>The next best server, with a place reserved at it; false when there is none.</summary>
    public bool TryNext<TTracer>(in TTracer tracer, out RealServer? real)
        where TTracer : struct, IFrameTracer
    {
        GiveBack();
        if (_asksBinding)
        {
            _asksBinding = false;
            real = _bindings.Find(_service, _fingerprint);
            if (TTracer.SeesSteps)
            {
                tracer.AskedBinding(_service, real);
            }
            if (real is not null && TryReserve(real))
            {
                return true;
            }
        }
        while (_group is { } group)
        {
            Span<MemberMark> marks = _marks.AsSpan(0, group.Members.Length);
            var pick = new PickContext(group.Members, marks, _loads, _sourceHash, _serviceLoads, _serviceKey);
            int member = group.Metric.Pick(group, ref pick);
            if (TTracer.SeesSteps)
            {
                tracer.Picked(group, pick, marks, member);
            }
            if (member >= 0)
            {
                real = pick.Offer(member);
                marks[member] = MemberMark.Tried;
                if (real is not null && TryReserve(real))
                {
                    return true;
                }
            }
            else if (_someWait)
            {
                // Nobody else can: slow start refuses no client.
                _someWait = false;
                marks.Replace(MemberMark.Waiting, MemberMark.Free);
            }
            else
            {
                Enter(group.Backup);
            }
        }
        real = null;
        return false;
    }

    /// <summary>The session with the server named last is in the table.</summary>
    public void Took()
    {
        _loads.Took(_named!.Id);
        if (_service.Binding is not null)
        {
            _bindings.Bind(_fingerprint, _named.Id);
        }
        _named = null;
    }

    /// <summary>The server named last does not get the session.</summary>
    public void GiveBack()
    {
        if (_named is not null)
        {
            _loads.Ended(_named.Id);
            _serviceLoads.Ended(ServiceLoads.Of(_serviceKey, _named.Id));
            _named = null;
        }
    }

    /// <summary>A session has left the table.</summary>
    /// <param name="key">Its client's key.</param>
    /// <param name="state">Its state.</param>
    /// <param name="lastSeen">Its last activity.</param>
    public void Ended<TAddress>(ref FlowKey<TAddress> key, ref SessionState state, uint lastSeen)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        _loads.Ended(state.Real);
        if ((state.Flags & SessionFlags.Direct) != 0)
        {
            return;
        }
        _serviceLoads.Ended(ServiceLoads.Of(
            ServiceLoads.KeyOf(state.Virt, state.ServicePort, key.Protocol), state.Real));
        if ((state.Flags & SessionFlags.Bound) != 0)
        {
            _bindings.Refresh(ref key, ref state, lastSeen);
        }
    }

    /// <summary>A session of a bound client lives on.</summary>
    public void Keep<TAddress>(ref FlowKey<TAddress> key, ref SessionState state, uint lastSeen)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => _bindings.Refresh(ref key, ref state, lastSeen);

    private bool TryReserve(RealServer real)
    {
        if (!_loads.TryReserve(real))
        {
            return false;
        }
        _serviceLoads.Reserve(ServiceLoads.Of(_serviceKey, real.Id));
        _named = real;
        return true;
    }

    private void Enter(ServerGroup? group)
    {
        _group = group;
        _someWait = false;
        if (group is null)
        {
            return;
        }
        _marks.AsSpan(0, group.Members.Length).Clear();
        if (group.Metric.GoesByClient)
        {
            int bits = group.Metric.SourceBits(_client.IsV6);
            _sourceHash = _client.IsV6 ? AddressHash.Of(_client.V6, bits) : AddressHash.Of(_client.V4, bits);
            _sourceHash = _service.HashesSourcePort ? AddressHash.With(_sourceHash, _clientPort) : _sourceHash;
        }
        if (group.HasSlowStart)
        {
            MarkWaiting(group);
        }
    }

    // A member in slow start gets a share of its due that grows in proportion to the time since it came back. Each session is a point of the unit
    // interval, by the client for metrics that go by it, else at random; the member waits unless the point lies below its progress. A
    // metric that prefers the least loaded would give it every session it may have, so there it has an interval of its own, as
    // long as its progress times its share of the group's weight.
    private void MarkWaiting(ServerGroup group)
    {
        Metric metric = group.Metric;
        // Mixed, so that it keeps no step with the turns of a metric.
        ulong place = AddressHash.With(metric.GoesByClient ? _sourceHash : 0, metric.GoesByClient ? 0 : _picks);
        double point = (place >> 32) / (double)(1UL << 32);
        double weights = 0;
        double from = 0;
        for (int i = 0; metric.PrefersLeastLoaded && i < group.Members.Length; i++)
        {
            weights += group.Members[i].Weight;
        }
        for (int i = 0; i < group.Members.Length; i++)
        {
            GroupMember member = group.Members[i];
            long elapsed = context.NowNs - member.SlowStartNs;
            if (member.SlowStartLengthNs == 0 || elapsed >= member.SlowStartLengthNs)
            {
                continue;
            }
            double due = metric.PrefersLeastLoaded && weights > 0 ? member.Weight / weights : 1;
            double share = Math.Max(elapsed, 0) / (double)member.SlowStartLengthNs * due;
            if (point < from || point >= from + share)
            {
                _marks[i] = MemberMark.Waiting;
                _someWait = true;
            }
            from += metric.PrefersLeastLoaded ? due : 0;
        }
    }
}
