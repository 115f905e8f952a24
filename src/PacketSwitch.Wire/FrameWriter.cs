// Writes complete frames into the caller's buffer: ARP, TCP and UDP here, ICMP and neighbour
// discovery in the files beside. The control plane, the slow path and the tests send what it
// writes. Every byte of the frame is written, all checksums are right, nothing is allocated.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>
/// Writes frames. Every function returns the frame's length in bytes and writes nothing behind it.
/// Frames are not padded to the Ethernet minimum; <see cref="PadToMinimum"/> does that.
/// </summary>
/// <remarks>
/// A buffer that is too short is the caller's error and throws: headers take at most
/// <see cref="MaximumHeaderLength"/> bytes before options and payload.
/// </remarks>
public static partial class FrameWriter
{
    /// <summary>
    /// The shortest Ethernet frame without its check sequence (IEEE 802.3 section 4A.4.2).
    /// </summary>
    public const int MinimumFrameLength = 60;

    /// <summary>Ethernet with a tag, IPv6 and TCP without options.</summary>
    public const int MaximumHeaderLength = 14 + 4 + 40 + 20;

    /// <summary>The hop count of frames that do not ask for another (RFC 1700).</summary>
    public const byte DefaultTtl = 64;

    private const int MaximumTcpOptionsLength = 40;

    /// <summary>Writes an ARP message for IPv4 over Ethernet (RFC 826).</summary>
    public static int Arp(
        Span<byte> target,
        ArpOperation operation,
        MacAddress ethernetDestination,
        MacAddress ethernetSource,
        MacAddress senderMac,
        Ipv4Address senderAddress,
        MacAddress targetMac,
        Ipv4Address targetAddress,
        ushort vlanTag = 0)
    {
        int start = Ethernet(target, ethernetDestination, ethernetSource, vlanTag, EtherTypes.Arp);
        Span<byte> message = target.Slice(start, ArpFields.HeaderLength);
        message.Write16(ArpFields.HardwareAddressTypePosition, ArpFields.EthernetProtocolType);
        message.Write16(ArpFields.ProtocolAddressTypePosition, EtherTypes.Ipv4);
        message[ArpFields.HardwareAddressLengthPosition] = MacAddress.Length;
        message[ArpFields.ProtocolAddressLengthPosition] = (byte)Ipv4Address.Length;
        message.Write16(ArpFields.OperationPosition, (ushort)operation);
        senderMac.Write(message[ArpFields.SenderHardwareAddressPosition..]);
        senderAddress.Write(message[ArpFields.SenderProtocolAddressPosition..]);
        targetMac.Write(message[ArpFields.TargetHardwareAddressPosition..]);
        targetAddress.Write(message[ArpFields.TargetProtocolAddressPosition..]);
        return start + message.Length;
    }

    /// <summary>Writes a TCP segment (RFC 9293); the urgent pointer is 0.</summary>
    /// <param name="target">The buffer; must not overlap the other spans.</param>
    /// <param name="addresses">Who it is from and to.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="acknowledgement">Written whatever the flags are.</param>
    /// <param name="flags">Control bits.</param>
    /// <param name="window">As it is to stand in the header, not scaled.</param>
    /// <param name="options">At most 40 bytes; filled up with zeros to a multiple of four.</param>
    /// <param name="payload">Any bytes that fit one IP packet.</param>
    public static int Tcp<TAddress>(
        Span<byte> target,
        in FrameAddresses<TAddress> addresses,
        uint sequence,
        uint acknowledgement,
        TcpFlags flags,
        ushort window,
        ReadOnlySpan<byte> options = default,
        ReadOnlySpan<byte> payload = default)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (options.Length > MaximumTcpOptionsLength)
            throw new ArgumentException("TCP options take at most 40 bytes.", nameof(options));
        int headerLength = TcpFields.HeaderLength + ((options.Length + 3) & ~3);
        int start = EthernetAndIp(target, addresses, IpProtocol.Tcp, headerLength + payload.Length);
        Span<byte> segment = target.Slice(start, headerLength + payload.Length);
        segment.Write16(TcpFields.SourcePortPosition, addresses.SourcePort);
        segment.Write16(TcpFields.DestinationPortPosition, addresses.DestinationPort);
        segment.Write32(TcpFields.SequenceNumberPosition, sequence);
        segment.Write32(TcpFields.AcknowledgmentNumberPosition, acknowledgement);
        int offsetAndFlags = (headerLength / 4 << 12) | (int)flags;
        segment.Write16(TcpFields.DataOffsetAndFlagsPosition, offsetAndFlags);
        segment.Write16(TcpFields.WindowSizePosition, window);
        segment.Write16(TcpFields.UrgentPointerPosition, 0);
        segment[TcpFields.HeaderLength..headerLength].Clear();
        options.CopyTo(segment[TcpFields.HeaderLength..]);
        payload.CopyTo(segment[headerLength..]);
        FinishTransport(segment, addresses, IpProtocol.Tcp);
        return start + segment.Length;
    }

    /// <summary>Writes a UDP datagram with its checksum (RFC 768).</summary>
    public static int Udp<TAddress>(
        Span<byte> target, in FrameAddresses<TAddress> addresses, ReadOnlySpan<byte> payload)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int length = UdpFields.HeaderLength + payload.Length;
        int start = EthernetAndIp(target, addresses, IpProtocol.Udp, length);
        Span<byte> datagram = target.Slice(start, length);
        datagram.Write16(UdpFields.SourcePortPosition, addresses.SourcePort);
        datagram.Write16(UdpFields.DestinationPortPosition, addresses.DestinationPort);
        datagram.Write16(UdpFields.HeaderLengthPosition, length);
        payload.CopyTo(datagram[UdpFields.HeaderLength..]);
        FinishTransport(datagram, addresses, IpProtocol.Udp);
        return start + length;
    }

    /// <summary>
    /// Fills a frame of <paramref name="length"/> bytes with zeros up to
    /// <see cref="MinimumFrameLength"/>.
    /// </summary>
    /// <returns>The length now: at least <see cref="MinimumFrameLength"/>.</returns>
    public static int PadToMinimum(Span<byte> target, int length)
    {
        if (length >= MinimumFrameLength)
            return length;
        target[length..MinimumFrameLength].Clear();
        return MinimumFrameLength;
    }

    private static int Ethernet(
        Span<byte> target, MacAddress destination, MacAddress source, ushort vlanTag, ushort type)
    {
        destination.Write(target[EthernetFields.DestinationMacPosition..]);
        source.Write(target[EthernetFields.SourceMacPosition..]);
        if (vlanTag == 0)
        {
            target.Write16(EthernetFields.TypePosition, type);
            return EthernetFields.HeaderLength;
        }
        target.Write16(EthernetFields.TypePosition, EtherTypes.Vlan);
        Span<byte> tag = target[EthernetFields.HeaderLength..];
        tag.Write16(Ieee8021QFields.TagControlInformationPosition, vlanTag);
        tag.Write16(Ieee8021QFields.TypePosition, type);
        return EthernetFields.HeaderLength + Ieee8021QFields.HeaderLength;
    }

    private static int EthernetAndIp<TAddress>(
        Span<byte> target, in FrameAddresses<TAddress> addresses, byte protocol, int payloadLength)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ushort type = TAddress.IsV6 ? EtherTypes.Ipv6 : EtherTypes.Ipv4;
        int start = Ethernet(
            target, addresses.DestinationMac, addresses.SourceMac, addresses.VlanTag, type);
        int headerLength = TAddress.IsV6 ? IPv6Fields.HeaderLength : IPv4Fields.HeaderLength;
        int counted = payloadLength + (TAddress.IsV6 ? 0 : headerLength);
        if (counted > ushort.MaxValue)
            throw new ArgumentException($"{payloadLength} bytes do not fit one IP packet.");
        Span<byte> header = target.Slice(start, headerLength);
        if (TAddress.IsV6)
            Ipv6Header(header, addresses, protocol, counted);
        else
            Ipv4Header(header, addresses, protocol, counted);
        return start + headerLength;
    }

    private static void Ipv4Header<TAddress>(
        Span<byte> header, in FrameAddresses<TAddress> addresses, byte protocol, int totalLength)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        const byte VersionAndLength = 0x45;
        const ushort DontFragment = 0x4000;
        header[IPv4Fields.VersionAndHeaderLengthPosition] = VersionAndLength;
        header[IPv4Fields.DifferentiatedServicesPosition] = 0;
        header.Write16(IPv4Fields.TotalLengthPosition, totalLength);
        // A datagram that is never divided needs no identification (RFC 6864 section 4.1).
        header.Write16(IPv4Fields.IdPosition, 0);
        header.Write16(IPv4Fields.FragmentOffsetAndFlagsPosition, DontFragment);
        header[IPv4Fields.TtlPosition] = addresses.Ttl == 0 ? DefaultTtl : addresses.Ttl;
        header[IPv4Fields.ProtocolPosition] = protocol;
        header.Write16(IPv4Fields.ChecksumPosition, 0);
        addresses.Source.Write(header[IPv4Fields.SourcePosition..]);
        addresses.Destination.Write(header[IPv4Fields.DestinationPosition..]);
        header.Write16(IPv4Fields.ChecksumPosition, InternetChecksum.Compute(header));
    }

    private static void Ipv6Header<TAddress>(
        Span<byte> header, in FrameAddresses<TAddress> addresses, byte protocol, int payloadLength)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        const uint Version = 0x6000_0000;
        header.Write32(IPv6Fields.VersionTrafficClassFlowLabelPosition, Version);
        header.Write16(IPv6Fields.PayloadLengthPosition, payloadLength);
        header[IPv6Fields.NextHeaderPosition] = protocol;
        header[IPv6Fields.HopLimitPosition] = addresses.Ttl == 0 ? DefaultTtl : addresses.Ttl;
        addresses.Source.Write(header[IPv6Fields.SourceAddressPosition..]);
        addresses.Destination.Write(header[IPv6Fields.DestinationAddressPosition..]);
    }

    private static void FinishTransport<TAddress>(
        Span<byte> segment, in FrameAddresses<TAddress> addresses, byte protocol)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ushort checksum = InternetChecksum.ComputeTransport(
            addresses.Source, addresses.Destination, protocol, segment);
        segment.Write16(InternetChecksum.ChecksumOffset(protocol), checksum);
    }
}
