// When an ICMP error may be sent about a frame. Asked by Responder before it makes one.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The rules of RFC 1812 section 4.3.2.7 and RFC 4443 section 2.4 (e).</summary>
internal static class IcmpRules
{
    /// <summary>
    /// False for ICMP errors and redirects, for fragments but the first, for frames to more than
    /// one host, and for frames from an address that is no single host's.
    /// </summary>
    public static bool MayReport<TAddress>(ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress source = key.Source.ToIpAddress();
        IpAddress destination = key.Destination.ToIpAddress();
        return !MacAddress.Read(frame.Span).IsMulticast
            && !IsManyHosts(destination) && !IsManyHosts(source) && !source.IsUnspecified && !source.IsLoopback
            && !(info.IsFragment && !FragmentHeader.Read<TAddress>(frame.Span[info.NetworkOffset..]).IsFirst)
            && !IsIcmpError<TAddress>(ref frame, ref info);
    }

    private static bool IsManyHosts(IpAddress address)
        => address.IsMulticast || (!address.IsV6 && address.V4.IsBroadcast);

    private static bool IsIcmpError<TAddress>(ref FrameDescriptor frame, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        byte icmp = TAddress.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        if (info.Protocol != icmp || info.TransportLength == 0)
        {
            return false;
        }
        byte type = frame.Span[info.TransportOffset];
        return TAddress.IsV6
            ? IcmpV6Type.IsError(type) || type == IcmpV6Type.Redirect
            : IcmpV4Type.IsError(type);
    }
}
