// Translates an ICMP error inside and out (RFC 5508 section 4.2): the addresses of the error, the
// addresses and ports of the packet it quotes, and every checksum that covers them, each by its
// difference (RFC 1624), so that a checksum that came wrong stays as wrong as it was. Called by
// Forwarder, and by the replay for the way back. Everything behind the quoted transport header
// stays: extensions (RFC 4884) too.

using System.Buffers.Binary;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Changes ICMP errors in place.</summary>
public static class IcmpErrorRewriter
{
    private const int ChecksumOffset = 2;

    /// <summary>
    /// Rewrites the error whose ICMP message starts at the frame's transport offset.
    /// </summary>
    public static void Apply<TAddress>(
        Span<byte> frame, ref FrameInfo info, in QuotedPacket<TAddress> quoted, in IcmpErrorRewrite<TAddress> rewrite)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> network = frame[info.NetworkOffset..];
        Span<byte> message = frame.Slice(info.TransportOffset, info.TransportLength);
        int end = Math.Min(quoted.TransportOffset + TcpFields.HeaderLength, message.Length);
        Span<byte> changing = message[QuotedPacket<TAddress>.NetworkOffset..end];
        TAddress source = ReadSource<TAddress>(network);
        TAddress destination = ReadDestination<TAddress>(network);
        uint before = InternetChecksum.Sum(changing);
        RewriteQuote(message, quoted, rewrite.Quoted);
        uint after = InternetChecksum.Sum(changing);
        uint oldAddresses = source.WordSum + destination.WordSum;
        uint newAddresses = rewrite.Source.WordSum + rewrite.Destination.WordSum;
        if (TAddress.IsV6)
        {
            // The pseudo header counts over IPv6 (RFC 4443 section 2.3).
            before += oldAddresses;
            after += newAddresses;
        }
        Adjust(message.Slice(ChecksumOffset, 2), InternetChecksum.Delta(before, after));
        RewriteAddresses(
            network, rewrite.Source, rewrite.Destination, InternetChecksum.Delta(oldAddresses, newAddresses));
    }

    private static void RewriteQuote<TAddress>(
        Span<byte> message, in QuotedPacket<TAddress> quoted, in FlowKey<TAddress> becomes)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        uint addresses = quoted.Key.Source.WordSum + quoted.Key.Destination.WordSum;
        uint newAddresses = becomes.Source.WordSum + becomes.Destination.WordSum;
        RewriteAddresses(
            message[QuotedPacket<TAddress>.NetworkOffset..], becomes.Source, becomes.Destination,
            InternetChecksum.Delta(addresses, newAddresses));
        if (!quoted.HasPorts)
        {
            return;
        }
        Span<byte> transport = message.Slice(quoted.TransportOffset, quoted.TransportLength);
        BinaryPrimitives.WriteUInt16BigEndian(transport, becomes.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], becomes.DestinationPort);
        bool tcp = quoted.Key.Protocol == IpProtocol.Tcp;
        int offset = InternetChecksum.ChecksumOffset(quoted.Key.Protocol);
        if (transport.Length < offset + 2)
        {
            return;
        }
        uint ports = (uint)quoted.Key.SourcePort + quoted.Key.DestinationPort;
        uint newPorts = (uint)becomes.SourcePort + becomes.DestinationPort;
        ushort delta = InternetChecksum.Delta(addresses + ports, newAddresses + newPorts);
        Span<byte> field = transport.Slice(offset, 2);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        BinaryPrimitives.WriteUInt16BigEndian(field, tcp
            ? InternetChecksum.Update(checksum, delta) : InternetChecksum.UpdateUdp(checksum, delta));
    }

    private static void RewriteAddresses<TAddress>(
        Span<byte> network, TAddress source, TAddress destination, ushort delta)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        source.Write(network.Slice(SourcePosition<TAddress>(), TAddress.Length));
        destination.Write(network.Slice(DestinationPosition<TAddress>(), TAddress.Length));
        if (!TAddress.IsV6)
        {
            Adjust(network.Slice(IPv4Fields.ChecksumPosition, 2), delta);
        }
    }

    private static void Adjust(Span<byte> field, ushort delta)
        => BinaryPrimitives.WriteUInt16BigEndian(
            field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));

    private static TAddress ReadSource<TAddress>(Span<byte> network)
        where TAddress : unmanaged, IIpAddress<TAddress> => TAddress.Read(network[SourcePosition<TAddress>()..]);

    private static TAddress ReadDestination<TAddress>(Span<byte> network)
        where TAddress : unmanaged, IIpAddress<TAddress> => TAddress.Read(network[DestinationPosition<TAddress>()..]);

    private static int SourcePosition<TAddress>() where TAddress : unmanaged, IIpAddress<TAddress>
        => TAddress.IsV6 ? IPv6Fields.SourceAddressPosition : IPv4Fields.SourcePosition;

    private static int DestinationPosition<TAddress>() where TAddress : unmanaged, IIpAddress<TAddress>
        => TAddress.IsV6 ? IPv6Fields.DestinationAddressPosition : IPv4Fields.DestinationPosition;
}
