// ICMP for both families: echo, and errors that quote the packet they are about. Whether an error
// may be sent at all (RFC 1812 section 4.3.2.7, RFC 4443 section 2.4 (e)) is the caller's decision.

using PacketDotNet;

namespace PacketSwitch.Wire;

public static partial class FrameWriter
{
    /// <summary>RFC 1812 section 4.3.2.3: an ICMP error packet is at most 576 bytes long.</summary>
    public const int MaximumIcmpV4ErrorLength = 576;

    /// <summary>
    /// RFC 4443 section 2.4 (c): an ICMPv6 error packet is at most 1280 bytes long.
    /// </summary>
    public const int MaximumIcmpV6ErrorLength = 1280;

    /// <summary>Writes an echo request or reply (RFC 792).</summary>
    public static int IcmpEchoV4(
        Span<byte> target,
        in FrameAddresses<Ipv4Address> addresses,
        bool isReply,
        ushort identifier,
        ushort sequence,
        ReadOnlySpan<byte> data = default)
    {
        byte type = isReply ? IcmpV4Type.EchoReply : IcmpV4Type.EchoRequest;
        return Icmp(target, addresses, type, 0, ((uint)identifier << 16) | sequence, data);
    }

    /// <summary>Writes an echo request or reply (RFC 4443 section 4).</summary>
    public static int IcmpEchoV6(
        Span<byte> target,
        in FrameAddresses<Ipv6Address> addresses,
        bool isReply,
        ushort identifier,
        ushort sequence,
        ReadOnlySpan<byte> data = default)
    {
        byte type = isReply ? IcmpV6Type.EchoReply : IcmpV6Type.EchoRequest;
        return Icmp(target, addresses, type, 0, ((uint)identifier << 16) | sequence, data);
    }

    /// <summary>
    /// Writes an ICMP error (RFC 792) that quotes as much of the packet as 576 bytes hold.
    /// </summary>
    /// <param name="target">The buffer; must not overlap the packet.</param>
    /// <param name="addresses">From the one who reports to the packet's source.</param>
    /// <param name="type">An error of <see cref="IcmpV4Type"/>.</param>
    /// <param name="code">For example one of <see cref="IcmpV4UnreachableCode"/>.</param>
    /// <param name="parameter">Bytes 4 to 7: for "fragmentation needed" the next hop's MTU (RFC
    /// 1191 section 4), else 0.</param>
    /// <param name="offendingPacket">From its IPv4 header on; padding is not quoted.</param>
    public static int IcmpErrorV4(
        Span<byte> target,
        in FrameAddresses<Ipv4Address> addresses,
        byte type,
        byte code,
        uint parameter,
        ReadOnlySpan<byte> offendingPacket)
    {
        int length = offendingPacket.Length;
        if (length >= IPv4Fields.HeaderLength)
            length = Math.Min(length, offendingPacket.Read16(IPv4Fields.TotalLengthPosition));
        int space = MaximumIcmpV4ErrorLength - IPv4Fields.HeaderLength - IcmpV4Fields.HeaderLength;
        length = Math.Min(length, space);
        return Icmp(target, addresses, type, code, parameter, offendingPacket[..length]);
    }

    /// <summary>
    /// Writes an ICMPv6 error (RFC 4443 section 3) that quotes as much of the packet as 1280 bytes
    /// hold.
    /// </summary>
    /// <param name="target">The buffer; must not overlap the packet.</param>
    /// <param name="addresses">From the one who reports to the packet's source.</param>
    /// <param name="type">An error of <see cref="IcmpV6Type"/>.</param>
    /// <param name="code">For example one of <see cref="IcmpV6UnreachableCode"/>.</param>
    /// <param name="parameter">Bytes 4 to 7: for "packet too big" the next hop's MTU, for
    /// "parameter problem" the pointer, else 0.</param>
    /// <param name="offendingPacket">From its IPv6 header on; padding is not quoted.</param>
    public static int IcmpErrorV6(
        Span<byte> target,
        in FrameAddresses<Ipv6Address> addresses,
        byte type,
        byte code,
        uint parameter,
        ReadOnlySpan<byte> offendingPacket)
    {
        int length = offendingPacket.Length;
        if (length >= IPv6Fields.HeaderLength)
        {
            int payloadLength = offendingPacket.Read16(IPv6Fields.PayloadLengthPosition);
            length = Math.Min(length, IPv6Fields.HeaderLength + payloadLength);
        }
        int space = MaximumIcmpV6ErrorLength - IPv6Fields.HeaderLength - IcmpV4Fields.HeaderLength;
        length = Math.Min(length, space);
        return Icmp(target, addresses, type, code, parameter, offendingPacket[..length]);
    }

    private static int Icmp<TAddress>(
        Span<byte> target,
        in FrameAddresses<TAddress> addresses,
        byte type,
        byte code,
        uint parameter,
        ReadOnlySpan<byte> data)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        const int ParameterPosition = 4;
        byte protocol = TAddress.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        int length = IcmpV4Fields.HeaderLength + data.Length;
        int start = EthernetAndIp(target, addresses, protocol, length);
        Span<byte> message = target.Slice(start, length);
        message.Write16(IcmpV4Fields.TypeCodePosition, (type << 8) | code);
        message.Write32(ParameterPosition, parameter);
        data.CopyTo(message[IcmpV4Fields.HeaderLength..]);
        if (TAddress.IsV6)
        {
            FinishTransport(message, addresses, protocol);
        }
        else
        {
            message.Write16(IcmpV4Fields.ChecksumPosition, 0);
            message.Write16(IcmpV4Fields.ChecksumPosition, InternetChecksum.Compute(message));
        }
        return start + length;
    }
}
