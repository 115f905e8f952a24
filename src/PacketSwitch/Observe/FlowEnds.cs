// Who a frame is from and to, as text for reports. Reads any bytes through the views and never
// throws.

using System.Globalization;
using PacketSwitch.Wire;

namespace PacketSwitch.Observe;

/// <summary>Addresses, ports where there are any, and the protocol's name.</summary>
internal readonly record struct FlowEnds(
    string Source, int? SourcePort, string Destination, int? DestinationPort, string Protocol)
{
    /// <summary>Reads a recorded frame, of which perhaps only the beginning was kept.</summary>
    public static FlowEnds Of(byte[] bytes, int wireLength) => Of(Whole(bytes, wireLength));

    /// <summary>A cut frame with zeros for what is missing: the views want packets whole.</summary>
    public static byte[] Whole(byte[] bytes, int wireLength)
    {
        if (bytes.Length >= wireLength)
            return bytes;
        byte[] whole = new byte[wireLength];
        bytes.CopyTo(whole, 0);
        return whole;
    }

    private static FlowEnds Of(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
            return new FlowEnds("", null, "", null, "malformed");
        if (ethernet.EtherType == EtherTypes.Ipv4
            && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            return OfIp(
                ip4.Source.ToString(), ip4.Destination.ToString(), ip4.Protocol, ip4.Payload,
                ip4.FragmentOffsetBytes == 0);
        }
        if (ethernet.EtherType == EtherTypes.Ipv6
            && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            return OfIp(
                ip6.Source.ToString(), ip6.Destination.ToString(), upper.Protocol,
                ip6.PayloadOf(upper), upper.FragmentOffsetBytes == 0);
        }
        if (ethernet.EtherType == EtherTypes.Arp
            && ArpView.TryWrap(ethernet.Payload, out ArpView arp))
        {
            return new FlowEnds(
                arp.SenderAddress.ToString(), null, arp.TargetAddress.ToString(), null, "arp");
        }
        return new FlowEnds(
            ethernet.Source.ToString(), null, ethernet.Destination.ToString(), null,
            string.Create(CultureInfo.InvariantCulture, $"0x{ethernet.EtherType:x4}"));
    }

    private static FlowEnds OfIp(
        string source, string destination, byte protocol, Span<byte> payload, bool hasHeader)
    {
        // The headers begin with both ports; a frame may be cut, by an ICMP error or a snap length.
        bool hasPorts = hasHeader && payload.Length >= 4
            && protocol is IpProtocol.Tcp or IpProtocol.Udp;
        string name = protocol switch
        {
            IpProtocol.Tcp => "tcp",
            IpProtocol.Udp => "udp",
            IpProtocol.Icmp => "icmp",
            IpProtocol.IcmpV6 => "icmp6",
            _ => string.Create(CultureInfo.InvariantCulture, $"protocol {protocol}"),
        };
        return new FlowEnds(
            source, hasPorts ? (payload[0] << 8) | payload[1] : null,
            destination, hasPorts ? (payload[2] << 8) | payload[3] : null, name);
    }
}
