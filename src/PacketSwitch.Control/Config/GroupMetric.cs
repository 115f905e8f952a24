// The ways a server group picks a real server. ValueKinds names them; the data plane has its own
// list.

namespace PacketSwitch.Control.Config;

public enum GroupMetric
{
    LeastConnections,
    RoundRobin,
    Hash,
    PersistentHash,
    MinMisses,
    Response,
    Bandwidth,
    ServiceLeast,
}
