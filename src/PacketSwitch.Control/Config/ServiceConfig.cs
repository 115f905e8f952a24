// What the operator said about one service of a virtual server. Passive data.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>A virtual service (<c>virt N/service P</c>).</summary>
public sealed record ServiceConfig(int VirtId, int Port)
{
    public string Path => $"virt {VirtId}/service {Port}";

    /// <summary>
    /// The name said after the port (<c>service 8080 http</c>), else the port's own, or empty.
    /// </summary>
    public string Name { get; init; } = ServiceNames.NameOf(Port);

    public int Group { get; init; } = 1;

    /// <summary>Port at the real server; 0 means the service's own.</summary>
    public int RealPort { get; init; }

    /// <summary>
    /// The port a real server listens on: <see cref="RealPort"/> or the service's own.
    /// </summary>
    public int EffectiveRealPort => RealPort == 0 ? Port : RealPort;

    public ServiceProtocol Protocol { get; init; } = ServiceProtocol.Tcp;

    public bool HasTcp => Protocol != ServiceProtocol.Udp;

    public bool HasUdp => Protocol != ServiceProtocol.Tcp;

    /// <summary>The word <c>nonat</c> (DSR): only MAC addresses change.</summary>
    public bool DirectServerReturn { get; init; }

    /// <summary>The word <c>pip</c>: client NAT to these addresses; empty means off.</summary>
    public ConfigList<IpAddress> ProxyAddresses { get; init; } = [];

    public ClientBinding Binding { get; init; }

    public int BindingMinutes { get; init; } = 10;

    /// <summary>
    /// Bits of the client address that count for binding; null means all of them.
    /// </summary>
    public int? BindingBits { get; init; }

    /// <summary>Idle minutes; 0 means those of the real server.</summary>
    public int TimeoutMinutes { get; init; }

    public HashInput HashInput { get; init; }

    /// <summary>
    /// The word <c>clsrst</c>: both sides get a RST when a session ends by age or failure.
    /// </summary>
    public bool ResetOnClose { get; init; } = true;
}
