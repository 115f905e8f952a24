// Reads a frame that left the switch into facts, to compare it with a scenario's line. It goes by the Wire views, which a property test holds equal to
// PacketDotNet. Used by ScenarioRunner.

using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal static class FrameReader
{
    public static FrameFacts Read(byte[] frame)
    {
        var facts = new FrameFacts { [FrameFacts.Kind] = "malformed", [FrameFacts.Vlan] = "none" };
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return facts;
        }
        facts[FrameFacts.SourceMac] = ethernet.Source.ToString();
        facts[FrameFacts.TargetMac] = ethernet.Destination.ToString();
        facts[FrameFacts.Vlan] = Tags(frame, ethernet.VlanTagCount);
        facts[FrameFacts.Checksum] = FrameChecksums.AreValid(frame) ? "right" : "bad";
        if (ethernet.EtherType == EtherTypes.Arp && ArpView.TryWrap(ethernet.Payload, out ArpView arp))
        {
            ReadArp(facts, arp);
        }
        else if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            ReadAddresses(facts, ip4.Source.ToString(), ip4.Destination.ToString(), ip4.Ttl);
            if (ip4.IsFragment)
            {
                facts[FrameFacts.Fragment] = ip4.FragmentOffsetBytes + (ip4.MoreFragments ? " more" : "");
            }
            ReadUpper(facts, ip4.Protocol, ip4.Payload, isV6: false, ip4.FragmentOffsetBytes > 0);
        }
        else if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            ReadAddresses(facts, ip6.Source.ToString(), ip6.Destination.ToString(), ip6.HopLimit);
            if (upper.IsFragment)
            {
                facts[FrameFacts.Fragment] = upper.FragmentOffsetBytes + (upper.MoreFragments ? " more" : "");
            }
            ReadUpper(facts, upper.Protocol, ip6.PayloadOf(upper), isV6: true, upper.FragmentOffsetBytes > 0);
        }
        else if (ethernet.EtherType is not (EtherTypes.Arp or EtherTypes.Ipv4 or EtherTypes.Ipv6))
        {
            facts[FrameFacts.Kind] = $"ethernet 0x{ethernet.EtherType:x4}";
        }
        return facts;
    }

    private static void ReadAddresses(FrameFacts facts, string source, string target, byte ttl)
    {
        facts[FrameFacts.Source] = source;
        facts[FrameFacts.Target] = target;
        facts[FrameFacts.Ttl] = ttl.ToString();
    }

    private static void ReadUpper(
        FrameFacts facts, byte protocol, Span<byte> payload, bool isV6, bool isLaterFragment)
    {
        if (isLaterFragment)
        {
            facts[FrameFacts.Kind] = protocol == IpProtocol.Tcp ? "tcp"
                : protocol == IpProtocol.Udp ? "udp" : $"protocol {protocol}";
            facts[FrameFacts.Length] = payload.Length.ToString();
        }
        else if (protocol == IpProtocol.Tcp && TcpView.TryWrap(payload, out TcpView tcp))
        {
            facts[FrameFacts.Kind] = "tcp";
            facts[FrameFacts.SourcePort] = tcp.SourcePort.ToString();
            facts[FrameFacts.TargetPort] = tcp.DestinationPort.ToString();
            facts[FrameFacts.Flags] = FrameText.Describe(tcp.Flags);
            facts[FrameFacts.Sequence] = tcp.SequenceNumber.ToString();
            facts[FrameFacts.Acknowledgement] = tcp.AcknowledgementNumber.ToString();
            facts[FrameFacts.Window] = tcp.Window.ToString();
            facts[FrameFacts.Length] = tcp.Payload.Length.ToString();
        }
        else if (protocol == IpProtocol.Udp && UdpView.TryWrap(payload, out UdpView udp))
        {
            facts[FrameFacts.Kind] = "udp";
            facts[FrameFacts.SourcePort] = udp.SourcePort.ToString();
            facts[FrameFacts.TargetPort] = udp.DestinationPort.ToString();
            facts[FrameFacts.Length] = udp.Payload.Length.ToString();
            if (udp.Checksum == 0)
            {
                facts[FrameFacts.Checksum] = "zero";
            }
        }
        else if (protocol == (isV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp) && IcmpView.TryWrap(payload, out IcmpView icmp))
        {
            if (isV6 && NeighborView.TryWrap(payload, out NeighborView neighbor))
            {
                ReadNeighbor(facts, neighbor);
            }
            else
            {
                ReadIcmp(facts, icmp, isV6);
            }
        }
        else
        {
            facts[FrameFacts.Kind] = $"protocol {protocol}";
        }
    }

    private static void ReadIcmp(FrameFacts facts, IcmpView icmp, bool isV6)
    {
        string word = IcmpWords.Of(isV6, icmp.Type, icmp.Code);
        facts[FrameFacts.Kind] = "icmp";
        facts[FrameFacts.Icmp] = word;
        if (!IcmpWords.IsError(word))
        {
            facts[FrameFacts.Identifier] = icmp.Identifier.ToString();
            facts[FrameFacts.Sequence] = icmp.Sequence.ToString();
            facts[FrameFacts.Length] = icmp.Payload.Length.ToString();
            return;
        }
        facts[FrameFacts.Mtu] = icmp.Parameter.ToString();
        facts[FrameFacts.About] = About(icmp.Payload);
    }

    // What an ICMP error quotes: it is cut, so the views that want whole packets cannot read it.
    private static string About(Span<byte> quoted)
    {
        bool isV6 = quoted.Length > 0 && quoted[0] >> 4 == 6;
        int header = isV6 ? 40 : 20;
        if (quoted.Length < header + 4)
        {
            return "too little";
        }
        string source = isV6 ? $"[{Ipv6Address.Read(quoted[8..])}]" : Ipv4Address.Read(quoted[12..]).ToString();
        string target = isV6 ? $"[{Ipv6Address.Read(quoted[24..])}]" : Ipv4Address.Read(quoted[16..]).ToString();
        byte protocol = isV6 ? quoted[6] : quoted[9];
        string kind = protocol == IpProtocol.Tcp ? "tcp" : protocol == IpProtocol.Udp ? "udp" : $"protocol {protocol}";
        Span<byte> ports = quoted[header..];
        return $"{source}:{(ports[0] << 8) | ports[1]} > {target}:{(ports[2] << 8) | ports[3]} {kind}";
    }

    private static void ReadArp(FrameFacts facts, ArpView arp)
    {
        bool asks = arp.Operation == ArpOperation.Request;
        facts[FrameFacts.Kind] = "arp";
        facts[FrameFacts.Operation] = asks ? "who-has" : "is-at";
        facts[FrameFacts.Wanted] = (asks ? arp.TargetAddress : arp.SenderAddress).ToString();
        facts[FrameFacts.Teller] = (asks ? arp.SenderAddress : arp.TargetAddress).ToString();
        facts[FrameFacts.IsAt] = arp.SenderMac.ToString();
    }

    private static void ReadNeighbor(FrameFacts facts, NeighborView neighbor)
    {
        bool asks = !neighbor.IsAdvertisement;
        facts[FrameFacts.Kind] = "arp";
        facts[FrameFacts.Operation] = asks ? "who-has" : "is-at";
        facts[FrameFacts.Wanted] = neighbor.TargetAddress.ToString();
        facts[FrameFacts.Teller] = asks ? facts[FrameFacts.Source] : facts[FrameFacts.Target];
        facts[FrameFacts.IsAt] = neighbor.TryGetLinkLayerAddress(out MacAddress mac) ? mac.ToString() : "none";
    }

    private static string Tags(byte[] frame, int count)
    {
        IEnumerable<int> tags = Enumerable.Range(0, count).Select(i => (frame[14 + (4 * i)] << 8) | frame[15 + (4 * i)]);
        return count == 0 ? "none" : string.Join('/', tags);
    }
}
