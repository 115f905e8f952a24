// The ports of a captured packet. Used by the one-file replay.

using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Protocol and ports, as the packet's sender wrote them.</summary>
internal readonly record struct CapturedPorts(byte Protocol, ushort Source, ushort Destination)
{
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;

    /// <summary>
    /// Reads them from the transport header; false when there is none, or not a whole one.
    /// </summary>
    public static bool TryRead(Span<byte> frame, in CapturedPacket packet, out CapturedPorts ports)
    {
        ports = default;
        Span<byte> segment = frame.Slice(packet.TransportOffset, packet.TransportLength);
        // The first fragment of a datagram is shorter than its header says.
        bool readable = !packet.IsLaterFragment && packet.Protocol switch
        {
            IpProtocol.Tcp => packet.IsFragment ? segment.Length >= TcpHeader : TcpView.TryWrap(segment, out _),
            IpProtocol.Udp => packet.IsFragment ? segment.Length >= UdpHeader : UdpView.TryWrap(segment, out _),
            _ => false,
        };
        if (readable)
        {
            ports = new CapturedPorts(
                packet.Protocol, (ushort)((segment[0] << 8) | segment[1]), (ushort)((segment[2] << 8) | segment[3]));
        }
        return readable;
    }
}
