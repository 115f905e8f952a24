// What a metric may look at when it picks: the client, the loads, and which members may be taken at all. Made by
// SessionOpener for one session.

namespace PacketSwitch.DataPlane;

/// <summary>The circumstances of one pick.</summary>
public ref struct PickContext
{
    private readonly RealServer[] _members;
    private readonly Span<bool> _tried;

    /// <summary>Circumstances for a group whose members in <paramref name="tried"/> are marked as unusable.</summary>
    public PickContext(RealServer[] members, RealLoads loads, ulong sourceHash, Span<bool> tried)
    {
        _members = members;
        _tried = tried;
        Loads = loads;
        SourceHash = sourceHash;
    }

    /// <summary>Sessions and turns.</summary>
    public RealLoads Loads { get; }

    /// <summary>A mixed hash of the client's address, the same at every start.</summary>
    public ulong SourceHash { get; }

    /// <summary>True when the member takes new sessions, has room, and has not been tried for this one.</summary>
    public readonly bool MayTake(int member)
    {
        RealServer real = _members[member];
        return !_tried[member] && real.Weight > 0
            && (real.MaxConnections == 0 || Loads.Current(real.Id) < real.MaxConnections);
    }
}
