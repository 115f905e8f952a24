// How a group picks the real server of a new session. Built with the snapshot, called once per session; to add one, write a class
// beside this one and a row in MetricCatalog. A pick costs at most a look at every member and allocates nothing.

namespace PacketSwitch.DataPlane;

/// <summary>Picks among the members of a group. Immutable; what changes lies in <see cref="RealLoads"/>.</summary>
public abstract class Metric
{
    /// <summary>
    /// True when the metric always prefers the least loaded member: one that has just come back would take every session, so that
    /// its slow start must be a share of the whole group's sessions.
    /// </summary>
    public virtual bool PrefersLeastLoaded => false;

    /// <summary>True when the client decides: only then <see cref="PickContext.SourceHash"/> is set.</summary>
    public virtual bool GoesByClient => false;

    /// <summary>Index of the picked member, or -1 when none may be taken.</summary>
    public abstract int Pick(ServerGroup group, ref PickContext context);

    /// <summary>Leading bits of the client's address that the metric looks at.</summary>
    public virtual int SourceBits(bool isV6) => isV6 ? 128 : 32;
}
