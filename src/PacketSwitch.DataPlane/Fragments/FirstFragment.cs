// Reads the transport header of a first fragment, as Classifier does for whole frames: a UDP
// datagram's length field speaks of the whole, and a header that does not end within the fragment
// is an attack on filters (RFC 1858, RFC 3128, RFC 7112). Called by SlowPath.

using System.Buffers.Binary;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Describes first fragments.</summary>
internal static class FirstFragment
{
    /// <summary>
    /// Fills in ports and TCP fields; <see cref="DropReason.None"/>, or why the fragment cannot
    /// be a flow's.
    /// </summary>
    public static DropReason Describe<TAddress>(
        Span<byte> segment, ref FrameInfo info, ref FlowKey<TAddress> key, PortRoles roles)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (info.Protocol == IpProtocol.Tcp)
        {
            if (!TcpView.TryWrap(segment, out TcpView tcp))
            {
                return HasWrongTcpLength(segment) ? DropReason.MalformedTcp : DropReason.FragmentTiny;
            }
            info.TcpFlags = tcp.Flags;
            info.Sequence = tcp.SequenceNumber;
            info.Acknowledgement = tcp.AcknowledgementNumber;
            info.Window = tcp.Window;
            info.PayloadLength = segment.Length - tcp.HeaderLength;
        }
        else
        {
            if (segment.Length < UdpFields.HeaderLength)
            {
                return DropReason.FragmentTiny;
            }
            if (BinaryPrimitives.ReadUInt16BigEndian(segment[UdpFields.HeaderLengthPosition..]) < segment.Length)
            {
                return DropReason.MalformedUdp;
            }
            info.PayloadLength = segment.Length - UdpFields.HeaderLength;
        }
        key.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        key.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[UdpFields.DestinationPortPosition..]);
        Complete(ref info, ref key, roles);
        return DropReason.None;
    }

    /// <summary>Fills in the parts of a key that the port decides.</summary>
    public static void Complete<TAddress>(ref FrameInfo info, ref FlowKey<TAddress> key, PortRoles roles)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool client = (roles & PortRoles.Client) != 0;
        key.Protocol = info.Protocol;
        key.Side = client ? FlowSide.Client : FlowSide.Server;
        key.VlanId = client ? info.VlanId : (ushort)0;
    }

    private static bool HasWrongTcpLength(Span<byte> segment)
        => segment.Length > TcpFields.DataOffsetAndFlagsPosition
            && (segment[TcpFields.DataOffsetAndFlagsPosition] >> 4) * 4 < TcpFields.HeaderLength;
}
