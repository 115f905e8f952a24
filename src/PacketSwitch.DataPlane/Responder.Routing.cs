// The ICMP errors of the router, which come from an interface address of the switch and not from the address that was asked for. Called by
// Router.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Responder
{
    /// <summary>Answers a frame that was not routed (RFC 1812 section 5.2.7, RFC 4443 section 3), from an own address.</summary>
    public void NotRouted<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, IpAddress own,
        RouteProblem problem, int mtu)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!IcmpRules.MayReport(ref frame, ref info, ref key) || !MayAnswer(ref info))
        {
            return;
        }
        Span<byte> target = _memory.Slot(_used);
        ReadOnlySpan<byte> packet = frame.Span[info.NetworkOffset..];
        FrameAddresses<TAddress> addresses = Backwards(ref frame, ref info, ref key);
        int bytes;
        if (addresses is FrameAddresses<Ipv4Address> v4)
        {
            (byte type, byte code) = CodeV4(problem);
            bytes = FrameWriter.IcmpErrorV4(target, v4 with { Source = own.V4 }, type, code, (uint)mtu, packet);
        }
        else if (addresses is FrameAddresses<Ipv6Address> v6)
        {
            (byte type, byte code) = CodeV6(problem);
            bytes = FrameWriter.IcmpErrorV6(target, v6 with { Source = own.V6 }, type, code, (uint)mtu, packet);
        }
        else
        {
            return;
        }
        Send(bytes, info.Port);
    }

    private static (byte Type, byte Code) CodeV4(RouteProblem problem) => problem switch
    {
        RouteProblem.NoRoute => (IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Network),
        RouteProblem.NoNeighbor => (IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Host),
        RouteProblem.TooBig => (IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.FragmentationNeeded),
        _ => (IcmpV4Type.TimeExceeded, (byte)0),
    };

    private static (byte Type, byte Code) CodeV6(RouteProblem problem) => problem switch
    {
        RouteProblem.NoRoute => (IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.NoRoute),
        RouteProblem.NoNeighbor => (IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Address),
        RouteProblem.TooBig => (IcmpV6Type.PacketTooBig, (byte)0),
        _ => (IcmpV6Type.TimeExceeded, (byte)0),
    };
}
