// How a virtual service remembers its clients (the word pbind).

namespace PacketSwitch.Control.Config;

public enum ClientBinding
{
    Off,

    /// <summary>A client comes back to its server, per service.</summary>
    ClientIp,

    /// <summary>
    /// A client comes back to its server across all services of the virtual server.
    /// </summary>
    ClientIpAnyPort,
}
