// Says and asks where addresses are, on behalf of the switch: ARP for IPv4, neighbour discovery for IPv6. Used by ControlPlane; the frames go
// out through the loops.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>Makes ARP and neighbour discovery frames and sends them.</summary>
/// <param name="mac">The switch's own MAC.</param>
/// <param name="send">Sends a frame on a port by index; -1 means every port.</param>
internal sealed class NeighborSpeaker(MacAddress mac, Action<int, byte[]> send)
{
    private const int FrameBytes = 128;
    private static readonly Ipv6Address AllNodes = Ipv6Address.Parse("ff02::1");

    /// <summary>Answers a question for one of the switch's addresses.</summary>
    public void Answer(in NeighborMessage question, int port)
    {
        Span<byte> frame = stackalloc byte[FrameBytes];
        int length;
        if (question.Target.IsV6)
        {
            // RFC 4861 section 7.2.4: a probe from the unspecified address is answered to all nodes.
            bool probe = question.Source.IsUnspecified;
            var addresses = new FrameAddresses<Ipv6Address>
            {
                SourceMac = mac,
                DestinationMac = probe ? AllNodes.MulticastMac : question.ReplyMac,
                Source = question.Target.V6,
                Destination = probe ? AllNodes : question.Source.V6,
                VlanTag = question.VlanTag,
                Ttl = 255,
            };
            NeighborAdvertisementFlags flags = NeighborAdvertisementFlags.Override
                | (probe ? 0 : NeighborAdvertisementFlags.Solicited);
            length = FrameWriter.NeighborAdvertisement(frame, addresses, question.Target.V6, mac, flags);
        }
        else
        {
            length = FrameWriter.Arp(
                frame, ArpOperation.Reply, question.ReplyMac, mac, mac, question.Target.V4,
                question.SenderMac, question.Sender.V4, question.VlanTag);
            length = FrameWriter.PadToMinimum(frame, length);
        }
        send(port, frame[..length].ToArray());
    }

    /// <summary>Asks where an address is: everybody, or only the MAC given.</summary>
    public void Ask(IpAddress wanted, IpAddress sender, MacAddress askedMac, ushort vlan, int port)
    {
        Span<byte> frame = stackalloc byte[FrameBytes];
        int length;
        if (wanted.IsV6)
        {
            length = FrameWriter.NeighborSolicitation(frame, mac, sender.V6, wanted.V6, vlan);
            if (!askedMac.IsZero)
            {
                askedMac.Write(frame);
            }
        }
        else
        {
            MacAddress to = askedMac.IsZero ? MacAddress.Broadcast : askedMac;
            length = FrameWriter.Arp(
                frame, ArpOperation.Request, to, mac, mac, sender.V4, default, wanted.V4, vlan);
            length = FrameWriter.PadToMinimum(frame, length);
        }
        send(port, frame[..length].ToArray());
    }

    /// <summary>Announces an address of the switch on every port (gratuitous ARP, RFC 5227 section 3).</summary>
    public void Announce(IpAddress own, ushort vlan)
    {
        Span<byte> frame = stackalloc byte[FrameBytes];
        int length;
        if (own.IsV6)
        {
            var addresses = new FrameAddresses<Ipv6Address>
            {
                SourceMac = mac,
                DestinationMac = AllNodes.MulticastMac,
                Source = own.V6,
                Destination = AllNodes,
                VlanTag = vlan,
                Ttl = 255,
            };
            length = FrameWriter.NeighborAdvertisement(
                frame, addresses, own.V6, mac, NeighborAdvertisementFlags.Override);
        }
        else
        {
            length = FrameWriter.Arp(
                frame, ArpOperation.Request, MacAddress.Broadcast, mac, mac, own.V4, default, own.V4, vlan);
            length = FrameWriter.PadToMinimum(frame, length);
        }
        send(-1, frame[..length].ToArray());
    }
}
