// A real server as the data plane sees it. Part of the snapshot.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A real server.</summary>
/// <param name="Id">Its number (<c>real N</c>).</param>
/// <param name="Address">Its address.</param>
/// <param name="Weight">Its share of new sessions; 0 takes none.</param>
/// <param name="MaxConnections">Concurrent sessions, 0 for no limit.</param>
/// <param name="IdleTicks">Idle time of its sessions.</param>
/// <param name="Neighbor">Index of the neighbour that frames to it go to (itself or a gateway).</param>
public sealed record RealServer(
    ushort Id, IpAddress Address, int Weight, int MaxConnections, uint IdleTicks, ushort Neighbor);
