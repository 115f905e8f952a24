// Whether a frame that the switch makes has the shape of one: asked by scenarios and fuzz for every such frame.

using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane;

internal static class FrameShape
{
    /// <summary>True when the frame ends where its packet ends, or is filled up to the Ethernet minimum.</summary>
    public static bool HasRightLength(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return false;
        }
        int packet = ethernet.EtherType switch
        {
            EtherTypes.Ipv4 => Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip) ? ip.TotalLength : -1,
            EtherTypes.Ipv6 => Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip)
                ? Ipv6View.HeaderLength + ip.PayloadLength : -1,
            EtherTypes.Arp => ArpView.TryWrap(ethernet.Payload, out _) ? 28 : -1,
            _ => -1,
        };
        int length = ethernet.HeaderLength + packet;
        return packet >= 0 && (frame.Length == length
            || (frame.Length == FrameWriter.MinimumFrameLength && length < frame.Length));
    }
}
