// The ways to ask whether a real server is alive. ValueKinds names them.

namespace PacketSwitch.Control.Config;

public enum HealthCheckKind
{
    Tcp,
    Tls,
    Icmp,
    Arp,
    Http,
    HttpHead,
    Udp,
    Dns,
    Script,

    /// <summary>Not checked: the server is up while it is enabled.</summary>
    None,
}
