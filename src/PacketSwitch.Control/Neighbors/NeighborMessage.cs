// ARP and neighbour discovery messages, read into one shape. Called by ControlPlane for punted frames.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>Who says what about whom.</summary>
/// <param name="IsRequest">A question for <paramref name="Target"/>; otherwise an answer or announcement.</param>
/// <param name="Sender">The address the message speaks of with <paramref name="SenderMac"/>; unspecified in a probe.</param>
/// <param name="SenderMac">Where that address is; zero when not said.</param>
/// <param name="Target">The address asked for.</param>
/// <param name="VlanTag">The frame's tag (TCI), 0 when untagged.</param>
/// <param name="ReplyMac">Whom to answer.</param>
/// <param name="Source">IPv6: the address to answer to.</param>
internal readonly record struct NeighborMessage(
    bool IsRequest, IpAddress Sender, MacAddress SenderMac, IpAddress Target, ushort VlanTag,
    MacAddress ReplyMac, IpAddress Source)
{
    private const int TargetOffset = 8;
    private const int OptionsOffset = 24;
    private const byte SourceLinkOption = 1;
    private const byte TargetLinkOption = 2;

    /// <summary>Reads an ARP, neighbour solicitation or neighbour advertisement frame.</summary>
    public static bool TryRead(Span<byte> frame, out NeighborMessage message)
    {
        message = default;
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return false;
        }
        if (ethernet.EtherType == EtherTypes.Arp && ArpView.TryWrap(ethernet.Payload, out ArpView arp))
        {
            message = new NeighborMessage(
                arp.Operation == ArpOperation.Request, IpAddress.From(arp.SenderAddress), arp.SenderMac,
                IpAddress.From(arp.TargetAddress), ethernet.OuterTag, arp.SenderMac, default);
            return true;
        }
        return ethernet.EtherType == EtherTypes.Ipv6 && TryReadDiscovery(ethernet, out message);
    }

    private static bool TryReadDiscovery(EthernetView ethernet, out NeighborMessage message)
    {
        message = default;
        // RFC 4861 section 7.1: a hop limit below 255 has crossed a router.
        if (!Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip) || ip.HopLimit != 255
            || ip.NextHeader != IpProtocol.IcmpV6 || ip.Payload.Length < OptionsOffset
            || !InternetChecksum.TransportIsValid(ip.Source, ip.Destination, IpProtocol.IcmpV6, ip.Payload))
        {
            return false;
        }
        Span<byte> body = ip.Payload;
        bool request = body[0] == IcmpV6Type.NeighborSolicitation;
        IpAddress target = IpAddress.From(Ipv6Address.Read(body[TargetOffset..]));
        IpAddress source = IpAddress.From(ip.Source);
        byte wanted = request ? SourceLinkOption : TargetLinkOption;
        if (!TryFindLinkAddress(body[OptionsOffset..], wanted, out MacAddress mac))
        {
            return false;
        }
        message = new NeighborMessage(
            request, request ? source : target, mac, target, ethernet.OuterTag, ethernet.Source, source);
        return true;
    }

    // The address is zero when no option says it. False when an option has no length or reaches
    // beyond the message: RFC 4861 section 7.1 has such a message discarded.
    private static bool TryFindLinkAddress(
        ReadOnlySpan<byte> options, byte wanted, out MacAddress address)
    {
        address = default;
        while (options.Length >= 8)
        {
            int length = options[1] * 8;
            if (length == 0 || length > options.Length)
            {
                return false;
            }
            if (options[0] == wanted)
            {
                address = MacAddress.Read(options[2..]);
            }
            options = options[length..];
        }
        return true;
    }
}
