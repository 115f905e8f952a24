// What PacketDotNet reads from a first frame that needs thought: one with IPv4 options, IPv6
// extension headers, two tags, or the first of several fragments. Called by SlowPath, at most once
// per session. Of a plain first frame the Wire views have proved everything that PacketDotNet would
// say of it (a property test holds the two equal), so its objects are not made: they cost as much
// as the whole opening, and in a SYN flood a collection every few seconds. The views have bounded
// the frame before it comes here, and nothing PacketDotNet throws leaves.

using PacketDotNet;
using PacketSwitch.Wire;
using ProtocolType = PacketDotNet.ProtocolType;

namespace PacketSwitch.DataPlane;

/// <summary>Ports and flags of a TCP or UDP frame, as PacketDotNet understands them.</summary>
internal readonly record struct FirstFrame(ushort SourcePort, ushort DestinationPort, bool OpensTcp)
{
    // Headers only: Ethernet, two tags, IPv4 with options or IPv6, TCP with options. The payload is no business of ours.
    private const int HeaderBytes = 14 + 8 + 60 + 60;

    /// <summary>True when nothing stands between Ethernet, IP and transport header.</summary>
    public static bool IsPlain(ref FrameInfo info)
    {
        int networkBytes = info.TransportOffset - info.NetworkOffset;
        int plainBytes = info.Kind == FrameKind.Flow6
            ? Ipv6View.HeaderLength : IPv4Fields.HeaderLength;
        return networkBytes == plainBytes && info.VlanTags <= 1 && !info.IsFragment;
    }

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
