// Answers an ICMP echo request to one of the switch's addresses (until a host port carries the interface addresses). Called by ControlPlane.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>RFC 792 and RFC 4443 section 4.2: the request's identifier, sequence number and data come back.</summary>
internal static class EchoAnswer
{
    /// <summary>The reply to a whole echo request frame, or null when it is none.</summary>
    public static byte[]? TryMake(Span<byte> frame, MacAddress mac)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return null;
        }
        byte[] reply = new byte[frame.Length + 64];
        int length = 0;
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4)
            && IcmpView.TryWrap(ip4.Payload, out IcmpView echo4)
            && InternetChecksum.Finish(InternetChecksum.Sum(ip4.Payload)) == 0)
        {
            length = FrameWriter.IcmpEchoV4(
                reply, Backwards(ethernet, mac, ip4.Source, ip4.Destination), true, echo4.Identifier,
                echo4.Sequence, echo4.Payload);
        }
        else if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.NextHeader == IpProtocol.IcmpV6 && IcmpView.TryWrap(ip6.Payload, out IcmpView echo6)
            && InternetChecksum.TransportIsValid(ip6.Source, ip6.Destination, IpProtocol.IcmpV6, ip6.Payload))
        {
            length = FrameWriter.IcmpEchoV6(
                reply, Backwards(ethernet, mac, ip6.Source, ip6.Destination), true, echo6.Identifier,
                echo6.Sequence, echo6.Payload);
        }
        return length == 0 ? null : reply[..length];
    }

    private static FrameAddresses<TAddress> Backwards<TAddress>(
        EthernetView ethernet, MacAddress mac, TAddress source, TAddress destination)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => new()
        {
            SourceMac = mac,
            DestinationMac = ethernet.Source,
            Source = destination,
            Destination = source,
            VlanTag = ethernet.OuterTag,
            Ttl = FrameWriter.DefaultTtl,
        };
}
