// What a metric may look at when it picks: the client, the loads, and which members may be taken at all. Made by
// ServerPicker for one session.

namespace PacketSwitch.DataPlane;

/// <summary>The circumstances of one pick.</summary>
public ref struct PickContext
{
    private readonly GroupMember[] _members;
    private readonly Span<MemberMark> _marks;
    private readonly ServiceLoads? _serviceLoads;
    private readonly ulong _service;

    /// <summary>Circumstances for a group.</summary>
    /// <param name="members">The group's members.</param>
    /// <param name="marks">Which of them may be picked.</param>
    /// <param name="loads">Sessions and turns.</param>
    /// <param name="sourceHash">A mixed hash of the client.</param>
    /// <param name="serviceLoads">Sessions by service.</param>
    /// <param name="service">The service's key in <paramref name="serviceLoads"/>.</param>
    public PickContext(
        GroupMember[] members, Span<MemberMark> marks, RealLoads loads, ulong sourceHash,
        ServiceLoads? serviceLoads = null, ulong service = 0)
    {
        _members = members;
        _marks = marks;
        _serviceLoads = serviceLoads;
        _service = service;
        Loads = loads;
        SourceHash = sourceHash;
    }

    /// <summary>Sessions and turns.</summary>
    public RealLoads Loads { get; }

    /// <summary>A mixed hash of what counts of the client, the same at every start.</summary>
    public ulong SourceHash { get; }

    /// <summary>Who would take the session at the member's place; null when it may not be picked or is full.</summary>
    public readonly RealServer? Offer(int member)
    {
        if (_marks[member] != MemberMark.Free)
        {
            return null;
        }
        foreach (RealServer server in _members[member].Servers)
        {
            if (Loads.HasRoom(server))
            {
                return server;
            }
        }
        return null;
    }

    /// <summary>Sessions of the real server on the service at hand.</summary>
    public readonly int ServiceSessions(RealServer real)
        => _serviceLoads is null ? 0 : _serviceLoads.Current(ServiceLoads.Of(_service, real.Id));
}
