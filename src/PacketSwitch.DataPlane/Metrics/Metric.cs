// How a group picks the real server of a new session. Built with the snapshot, called once per session; to add one, write a class
// beside this one and a row in MetricCatalog.

namespace PacketSwitch.DataPlane;

/// <summary>Picks among the members of a group. Immutable; what changes lies in <see cref="RealLoads"/>.</summary>
public abstract class Metric
{
    /// <summary>Index of the picked member, or -1 when none may be taken.</summary>
    public abstract int Pick(ServerGroup group, ref PickContext context);
}
