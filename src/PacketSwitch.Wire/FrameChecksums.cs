// The checksums of a whole frame: finishing what a network card was to finish before a port sends
// it, and the check that every test puts every output frame to.

namespace PacketSwitch.Wire;

/// <summary>Completes and verifies the checksums of frames.</summary>
public static class FrameChecksums
{
    /// <summary>
    /// Writes the complete TCP, UDP or ICMPv6 checksum, whatever stands in the field now. The IPv4
    /// header checksum is never left unfinished and is not touched.
    /// </summary>
    /// <returns>
    /// False, and nothing changed, if the frame does not hold a whole such segment.
    /// </returns>
    public static bool TryCompleteTransport(Span<byte> frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
            return false;
        if (ethernet.EtherType == EtherTypes.Ipv4
            && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View v4) && !v4.IsFragment)
            return TryComplete(v4.Source, v4.Destination, v4.Protocol, v4.Payload);
        if (ethernet.EtherType == EtherTypes.Ipv6
            && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View v6)
            && v6.TryFindUpperLayer(out Ipv6UpperLayer upper) && !upper.IsFragment)
            return TryComplete(v6.Source, v6.Destination, upper.Protocol, v6.PayloadOf(upper));
        return false;
    }

    /// <summary>
    /// True unless a checksum is there and wrong: the IPv4 header's, and of packets that are not
    /// fragments TCP's, UDP's, ICMP's or ICMPv6's. False also if an IP header, or one of those
    /// four, is malformed. True for frames of other kinds.
    /// </summary>
    public static bool AreValid(Span<byte> frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
            return false;
        return ethernet.EtherType switch
        {
            EtherTypes.Ipv4 => Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip) && AreValid(ip),
            EtherTypes.Ipv6 => Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip) && AreValid(ip),
            _ => true,
        };
    }

    private static bool TryComplete<TAddress>(
        TAddress source, TAddress destination, byte protocol, Span<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ushort checksum = InternetChecksum.ComputeTransport(source, destination, protocol, segment);
        switch (protocol)
        {
            case IpProtocol.Tcp when TcpView.TryWrap(segment, out TcpView tcp):
                tcp.Checksum = checksum;
                return true;
            case IpProtocol.Udp when UdpView.TryWrap(segment, out UdpView udp):
                udp.Checksum = checksum;
                return true;
            case IpProtocol.IcmpV6 when IcmpView.TryWrap(segment, out IcmpView icmp):
                icmp.Checksum = checksum;
                return true;
            default:
                return false;
        }
    }

    private static bool AreValid(in Ipv4View ip)
    {
        if (!ip.HeaderChecksumIsValid)
            return false;
        if (ip.IsFragment)
            return true;
        if (ip.Protocol == IpProtocol.Icmp)
            return IcmpView.TryWrap(ip.Payload, out _) && InternetChecksum.Compute(ip.Payload) == 0;
        return TransportIsValid(ip.Source, ip.Destination, ip.Protocol, ip.Payload);
    }

    private static bool AreValid(in Ipv6View ip) =>
        ip.TryFindUpperLayer(out Ipv6UpperLayer upper)
        && (upper.IsFragment
            || TransportIsValid(ip.Source, ip.Destination, upper.Protocol, ip.PayloadOf(upper)));

    private static bool TransportIsValid<TAddress>(
        TAddress source, TAddress destination, byte protocol, Span<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool isWhole = protocol switch
        {
            IpProtocol.Tcp => TcpView.TryWrap(segment, out _),
            IpProtocol.Udp => UdpView.TryWrap(segment, out _),
            IpProtocol.IcmpV6 => IcmpView.TryWrap(segment, out _),
            _ => true,
        };
        return isWhole && InternetChecksum.TransportIsValid(source, destination, protocol, segment);
    }
}
