// One line about a frame for people: logs, explain, and the messages of failed tests. It reads any
// bytes through the views and never throws.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PacketSwitch.Wire;

/// <summary>Frames as text.</summary>
public static class FrameText
{
    private const string FlagLetters = "FSRPAUEW";

    /// <summary>
    /// Describes a frame: <c>192.0.2.1:1025 > 192.0.2.2:80 tcp S 74 bytes</c>. TCP flags are
    /// letters in the order F S R P A U E W (CWR), or "-" for none.
    /// </summary>
    public static string Describe(ReadOnlySpan<byte> frame)
    {
        // The views are over writable spans because rewriting is their trade; nothing is written
        // here.
        Span<byte> bytes = MemoryMarshal.CreateSpan(
            ref MemoryMarshal.GetReference(frame), frame.Length);
        StringBuilder text = new();
        if (EthernetView.TryWrap(bytes, out EthernetView ethernet))
            Append(text, ethernet);
        else
            text.Append("malformed ethernet");
        return text.Append(Invariant($" {frame.Length} bytes")).ToString();
    }

    /// <summary>
    /// The letters of TCP flags as scenarios and logs write them: <c>SA</c>, or "-".
    /// </summary>
    public static string Describe(TcpFlags flags)
    {
        StringBuilder text = new(FlagLetters.Length);
        for (int bit = 0; bit < FlagLetters.Length; bit++)
        {
            if (((int)flags >> bit & 1) != 0)
                text.Append(FlagLetters[bit]);
        }
        return text.Length == 0 ? "-" : text.ToString();
    }

    private static void Append(StringBuilder text, in EthernetView ethernet)
    {
        if (ethernet.VlanTagCount > 0)
            text.Append(Invariant($"vlan {ethernet.OuterTag & 0xfff} "));
        switch (ethernet.EtherType)
        {
            case EtherTypes.Arp when ArpView.TryWrap(ethernet.Payload, out ArpView arp):
                Append(text, arp);
                break;
            case EtherTypes.Ipv4 when Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip):
                Append(text, ip);
                break;
            case EtherTypes.Ipv6 when Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip):
                Append(text, ip);
                break;
            default:
                text.Append(Invariant($"{ethernet.Source} > {ethernet.Destination} "));
                text.Append(TypeText(ethernet.EtherType));
                break;
        }
    }

    private static string TypeText(ushort etherType) => etherType switch
    {
        EtherTypes.Arp => "malformed arp",
        EtherTypes.Ipv4 => "malformed ipv4",
        EtherTypes.Ipv6 => "malformed ipv6",
        EtherTypes.Lldp => "lldp",
        < 0x600 => "802.3",
        _ => Invariant($"type 0x{etherType:x4}"),
    };

    private static void Append(StringBuilder text, in ArpView arp) =>
        text.Append(arp.Operation switch
        {
            ArpOperation.Request => $"arp who-has {arp.TargetAddress} tell {arp.SenderAddress}",
            ArpOperation.Reply => $"arp {arp.SenderAddress} is-at {arp.SenderMac}",
            _ => Invariant($"arp operation {(int)arp.Operation} from {arp.SenderAddress}"),
        });

    private static void Append(StringBuilder text, in Ipv4View ip)
    {
        bool hasHeader = ip.FragmentOffsetBytes == 0;
        string source = ip.Source.ToString();
        string destination = ip.Destination.ToString();
        AppendUpper(text, source, destination, ip.Protocol, ip.Payload, hasHeader);
        if (ip.IsFragment)
            text.Append(Invariant($" fragment at {ip.FragmentOffsetBytes}"));
    }

    private static void Append(StringBuilder text, in Ipv6View ip)
    {
        string source = ip.Source.ToString();
        string destination = ip.Destination.ToString();
        if (!ip.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            text.Append(Invariant($"{source} > {destination} malformed ipv6 extension header"));
            return;
        }
        bool hasHeader = upper.FragmentOffsetBytes == 0;
        AppendUpper(text, source, destination, upper.Protocol, ip.PayloadOf(upper), hasHeader);
        if (upper.IsFragment)
            text.Append(Invariant($" fragment at {upper.FragmentOffsetBytes}"));
    }

    private static void AppendUpper(
        StringBuilder text, string source, string destination, byte protocol, Span<byte> payload,
        bool hasHeader)
    {
        if (hasHeader && protocol == IpProtocol.Tcp && TcpView.TryWrap(payload, out TcpView tcp))
        {
            text.Append(Endpoints(source, tcp.SourcePort, destination, tcp.DestinationPort));
            text.Append(" tcp ").Append(Describe(tcp.Flags));
        }
        else if (hasHeader && protocol == IpProtocol.Udp
            && UdpView.TryWrap(payload, out UdpView udp))
        {
            text.Append(Endpoints(source, udp.SourcePort, destination, udp.DestinationPort));
            text.Append(" udp");
        }
        else
        {
            text.Append(Invariant($"{source} > {destination} {ProtocolText(protocol)}"));
            if (hasHeader && protocol is IpProtocol.Icmp or IpProtocol.IcmpV6
                && IcmpView.TryWrap(payload, out IcmpView icmp))
                text.Append(Invariant($" {IcmpText(protocol, icmp)}"));
        }
    }

    private static string Endpoints(
        string source, ushort sourcePort, string destination, ushort destinationPort)
    {
        bool isV6 = source.Contains(':');
        return isV6
            ? Invariant($"[{source}]:{sourcePort} > [{destination}]:{destinationPort}")
            : Invariant($"{source}:{sourcePort} > {destination}:{destinationPort}");
    }

    private static string ProtocolText(byte protocol) => protocol switch
    {
        IpProtocol.Icmp => "icmp",
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Esp => "esp",
        IpProtocol.AuthenticationHeader => "ah",
        IpProtocol.IcmpV6 => "icmp6",
        _ => Invariant($"protocol {protocol}"),
    };

    private static string IcmpText(byte protocol, in IcmpView icmp) => (protocol, icmp.Type) switch
    {
        (IpProtocol.Icmp, IcmpV4Type.EchoRequest) or (IpProtocol.IcmpV6, IcmpV6Type.EchoRequest) =>
            Invariant($"echo-request id {icmp.Identifier} seq {icmp.Sequence}"),
        (IpProtocol.Icmp, IcmpV4Type.EchoReply) or (IpProtocol.IcmpV6, IcmpV6Type.EchoReply) =>
            Invariant($"echo-reply id {icmp.Identifier} seq {icmp.Sequence}"),
        (IpProtocol.Icmp, IcmpV4Type.DestinationUnreachable)
            or (IpProtocol.IcmpV6, IcmpV6Type.DestinationUnreachable) =>
            Invariant($"unreachable code {icmp.Code}"),
        (IpProtocol.IcmpV6, IcmpV6Type.PacketTooBig) => Invariant($"too-big mtu {icmp.Parameter}"),
        (IpProtocol.IcmpV6, IcmpV6Type.NeighborSolicitation) => "neighbor-solicitation",
        (IpProtocol.IcmpV6, IcmpV6Type.NeighborAdvertisement) => "neighbor-advertisement",
        _ => Invariant($"type {icmp.Type} code {icmp.Code}"),
    };

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
