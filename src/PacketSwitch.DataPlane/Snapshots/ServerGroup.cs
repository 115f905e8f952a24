// A server group and its real servers as the data plane sees them. Part of the snapshot.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A group with the metric that picks among its servers.</summary>
/// <param name="Id">Its number (<c>group N</c>).</param>
/// <param name="Metric">Picks a member for a new session.</param>
/// <param name="Members">The real servers in service, in the order they were added.</param>
public sealed record ServerGroup(ushort Id, Metric Metric, RealServer[] Members);

/// <summary>A real server.</summary>
/// <param name="Id">Its number (<c>real N</c>).</param>
/// <param name="Address">Its address.</param>
/// <param name="Weight">Its share; 0 takes no new sessions.</param>
/// <param name="MaxConnections">Concurrent sessions, 0 for no limit.</param>
/// <param name="IdleTicks">Idle time of its sessions.</param>
/// <param name="Neighbor">Index of the neighbour that frames to it go to (itself or a gateway).</param>
public sealed record RealServer(
    ushort Id, IpAddress Address, int Weight, int MaxConnections, uint IdleTicks, ushort Neighbor);
