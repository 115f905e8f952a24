// What an ICMP error about a session becomes on its way to the session's other end. Made by
// SlowPath, applied by IcmpErrorRewriter.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The new addresses of an ICMP error and of the packet it quotes.</summary>
public struct IcmpErrorRewrite<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    /// <summary>Who the error is from.</summary>
    public TAddress Source;

    /// <summary>Who the error is for: the one who sent the quoted packet.</summary>
    public TAddress Destination;

    /// <summary>The quoted packet as its sender sent it: addresses and ports.</summary>
    public FlowKey<TAddress> Quoted;
}
