// The transport protocols that a virtual service answers.

namespace PacketSwitch.Control.Config;

public enum ServiceProtocol
{
    Tcp,
    Udp,
    Both,
}
