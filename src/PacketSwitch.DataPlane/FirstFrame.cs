// What PacketDotNet reads from the first frame of a session. Called by SlowPath, once per session (ARCHITECTURE section 4); later frames are
// found through the Wire views alone. The views have bounded the frame before it comes here, and nothing PacketDotNet throws leaves.

using PacketDotNet;
using PacketSwitch.Wire;
using ProtocolType = PacketDotNet.ProtocolType;

namespace PacketSwitch.DataPlane;

/// <summary>Ports and flags of a TCP or UDP frame, as PacketDotNet understands them.</summary>
internal readonly record struct FirstFrame(ushort SourcePort, ushort DestinationPort, bool OpensTcp)
{
    // Headers only: Ethernet, two tags, IPv4 with options or IPv6, TCP with options. The payload is no business of ours.
    private const int HeaderBytes = 14 + 8 + 60 + 60;

    /// <summary>
    /// Parses the frame. False when PacketDotNet does not find the transport header that the views have found (it misreads chains of
    /// IPv6 extension headers, RAWIO.md section 2.3); the caller then goes by the views.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out FirstFrame first)
    {
        first = default;
        try
        {
            byte[] headers = frame[..Math.Min(frame.Length, HeaderBytes)].ToArray();
            var packet = Packet.ParsePacket(LinkLayers.Ethernet, headers);
            IPPacket? ip = packet.Extract<IPPacket>();
            if (ip is IPv6Packet { NextHeader: not (ProtocolType.Tcp or ProtocolType.Udp) })
            {
                return false;
            }
            if (ip?.PayloadPacket is TcpPacket tcp)
            {
                bool opens = tcp.Synchronize && !tcp.Acknowledgment && !tcp.Reset && !tcp.Finished;
                first = new FirstFrame(tcp.SourcePort, tcp.DestinationPort, opens);
                return true;
            }
            if (ip?.PayloadPacket is UdpPacket udp)
            {
                first = new FirstFrame(udp.SourcePort, udp.DestinationPort, false);
                return true;
            }
            return false;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
