// Why a frame was not routed, as its sender is told by ICMP. Said by Router and SlowPath, put into bytes by Responder.

namespace PacketSwitch.DataPlane;

/// <summary>What an ICMP error of the router says.</summary>
public enum RouteProblem : byte
{
    /// <summary>No interface network and no gateway: network unreachable, or no route to destination.</summary>
    NoRoute,

    /// <summary>The next hop does not answer: host unreachable, or address unreachable.</summary>
    NoNeighbor,

    /// <summary>The time to live or hop limit ran out.</summary>
    TimeExceeded,

    /// <summary>Longer than the egress MTU: fragmentation needed, or packet too big.</summary>
    TooBig,
}
