// A virtual server (VIP) and its services as the data plane sees them. Part of the snapshot.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A virtual server.</summary>
/// <param name="Id">Its number (<c>virt N</c>).</param>
/// <param name="Address">The VIP.</param>
/// <param name="IsEnabled"><c>ena</c>.</param>
/// <param name="HasService">At least one service is configured: ARP is answered.</param>
/// <param name="InService">At least one service has a real server: echo is answered.</param>
public sealed record VirtualServer(ushort Id, IpAddress Address, bool IsEnabled, bool HasService, bool InService);

/// <summary>A virtual service: VIP, protocol and port.</summary>
/// <param name="VirtId">Number of its virtual server.</param>
/// <param name="Port">The virtual port.</param>
/// <param name="RealPort">The port at the real server; 0 means the virtual port.</param>
/// <param name="Group">The group that serves it.</param>
/// <param name="IdleTicks">Idle time of its sessions; 0 means the real server's.</param>
/// <param name="ResetAtEnd"><c>clsrst</c>.</param>
public sealed record VirtualService(
    ushort VirtId, ushort Port, ushort RealPort, ServerGroup Group, uint IdleTicks, bool ResetAtEnd);
