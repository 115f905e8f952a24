// A server group as the data plane sees it. Part of the snapshot.

namespace PacketSwitch.DataPlane;

/// <summary>A group with the metric that picks among its members.</summary>
/// <param name="Id">Its number (<c>group N</c>).</param>
/// <param name="Metric">Picks a member for a new session.</param>
/// <param name="Members">Its places, those out of service included, in the order of their numbers.</param>
public sealed record ServerGroup(ushort Id, Metric Metric, GroupMember[] Members)
{
    /// <summary>
    /// Who serves when no member can take a session; null when there is nobody, or members are in service of which none may
    /// overflow.
    /// </summary>
    public ServerGroup? Backup { get; init; }

    /// <summary>True when some member has a slow start ahead or behind it.</summary>
    public bool HasSlowStart { get; init; }

    /// <summary>True when somebody can serve.</summary>
    public bool IsInService => Array.Exists(Members, member => member.Servers.Length > 0) || Backup is { IsInService: true };
}
