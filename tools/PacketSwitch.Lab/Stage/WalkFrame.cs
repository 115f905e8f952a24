// What a lesson says of a TCP frame over IPv4: who sent it to whom on this wire, and in its
// addresses. Read by WalkTap.
using PacketSwitch.Wire;

namespace PacketSwitch.Lab.Stage;

internal sealed record WalkFrame(
    MacAddress FromMac, MacAddress ToMac, string From, int FromPort, string To, int ToPort,
        TcpFlags Flags)
{
    public bool Opens => Flags == TcpFlags.Syn;

    public bool Accepts => Flags == (TcpFlags.Syn | TcpFlags.Ack);

    public static bool TryRead(Span<byte> bytes, out WalkFrame? frame)
    {
        frame = null;
        if (!EthernetView.TryWrap(bytes, out var ethernet)
            || ethernet.EtherType != EtherTypes.Ipv4
            || !Ipv4View.TryWrap(ethernet.Payload, out var packet)
            || packet.Protocol != IpProtocol.Tcp
            || !TcpView.TryWrap(packet.Payload, out var segment)) return false;
        frame = new WalkFrame(
            ethernet.Source, ethernet.Destination, packet.Source.ToString(), segment.SourcePort,
            packet.Destination.ToString(), segment.DestinationPort,
                segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst));
        return true;
    }
}
