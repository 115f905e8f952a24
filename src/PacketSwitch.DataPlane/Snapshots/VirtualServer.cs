// A virtual server (VIP) and its services as the data plane sees them. Part of the snapshot.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A virtual server.</summary>
/// <param name="Id">Its number (<c>virt N</c>).</param>
/// <param name="Address">The VIP.</param>
/// <param name="IsEnabled"><c>ena</c>.</param>
/// <param name="HasService">At least one service is configured: ARP is answered.</param>
/// <param name="InService">At least one service has a real server: echo is answered.</param>
public sealed record VirtualServer(ushort Id, IpAddress Address, bool IsEnabled, bool HasService, bool InService)
{
    /// <summary><c>creset</c>: a RST answers a SYN to a port without a service.</summary>
    public bool ResetsWrongPort { get; init; }

    /// <summary><c>layr3</c>: what serves TCP ports without a service of their own.</summary>
    public VirtualService? AnyTcpPort { get; init; }

    /// <summary><c>layr3</c>: what serves UDP ports without a service of their own.</summary>
    public VirtualService? AnyUdpPort { get; init; }
}

/// <summary>How frames of a service reach the real server.</summary>
public enum ForwardingMode : byte
{
    /// <summary>Half NAT: the destination becomes the real server.</summary>
    Nat,

    /// <summary>Full NAT: the source becomes a proxy address too (<c>pip</c>).</summary>
    FullNat,

    /// <summary>Direct server return: only the MACs change (<c>nonat</c>).</summary>
    Dsr,
}

/// <summary>A virtual service: VIP, protocol and port.</summary>
/// <param name="VirtId">Number of its virtual server.</param>
/// <param name="Port">The virtual port; 0 for every port.</param>
/// <param name="RealPort">The port at the real server; 0 means the port asked for.</param>
/// <param name="Group">The group that serves it.</param>
/// <param name="IdleTicks">Idle time of its sessions; 0 means the real server's.</param>
/// <param name="ResetAtEnd"><c>clsrst</c>.</param>
public sealed record VirtualService(
    ushort VirtId, ushort Port, ushort RealPort, ServerGroup Group, uint IdleTicks, bool ResetAtEnd)
{
    /// <summary>How frames reach the real server.</summary>
    public ForwardingMode Mode { get; init; }

    /// <summary>The proxy addresses of full NAT.</summary>
    public ProxyAddress[] Proxies { get; init; } = [];

    /// <summary>How clients are bound to their server; null when they are not (<c>pbind</c>).</summary>
    public BindingRules? Binding { get; init; }

    /// <summary><c>thash sip+sport</c>: the client's port counts in the hash metrics.</summary>
    public bool HashesSourcePort { get; init; }
}

/// <summary>A proxy address of a service.</summary>
/// <param name="Address">The address that becomes the source.</param>
/// <param name="PoolByReal">Number of the port pool by real server number; 0 where there is none.</param>
public sealed record ProxyAddress(IpAddress Address, int[] PoolByReal);
