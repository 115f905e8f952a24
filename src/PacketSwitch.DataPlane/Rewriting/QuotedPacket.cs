// The packet that an ICMP error quotes, of which perhaps only the beginning is there: who sent it
// to whom, and where its headers stand. Made by SlowPath to find the session, used by
// IcmpErrorRewriter to translate it.

using System.Buffers.Binary;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>
/// A quoted packet (RFC 792, RFC 4443 section 3). Offsets are from the start of the ICMP message.
/// </summary>
public struct QuotedPacket<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    /// <summary>Where the quote begins.</summary>
    public const int NetworkOffset = 8;

    private const int PortBytes = 4;

    /// <summary>
    /// Source, destination, protocol and ports of the quoted packet; the ports are 0 when they
    /// are not in the quote.
    /// </summary>
    public FlowKey<TAddress> Key;

    /// <summary>TCP sequence number, when <see cref="HasSequence"/>.</summary>
    public uint Sequence;

    public int TransportOffset;

    /// <summary>Quoted bytes from the transport header on.</summary>
    public int TransportLength;

    public uint FragmentId;
    public bool IsLaterFragment;

    /// <summary>The ports are in the quote.</summary>
    public bool HasPorts;

    public bool HasSequence;

    /// <summary>
    /// Reads the quote of an ICMP error. False when it does not hold a packet's headers.
    /// </summary>
    public static bool TryRead(Span<byte> message, out QuotedPacket<TAddress> quoted)
    {
        quoted = default;
        if (message.Length < NetworkOffset)
        {
            return false;
        }
        bool read = TAddress.IsV6
            ? quoted.TryReadIpv6(message[NetworkOffset..])
            : quoted.TryReadIpv4(message[NetworkOffset..]);
        if (read)
        {
            quoted.ReadTransport(message.Slice(quoted.TransportOffset, quoted.TransportLength));
        }
        return read;
    }

    private bool TryReadIpv4(Span<byte> quote)
    {
        if (!Ipv4View.TryWrapQuoted(quote, out Ipv4View ip))
        {
            return false;
        }
        Key.Source = TAddress.Read(quote[IPv4Fields.SourcePosition..]);
        Key.Destination = TAddress.Read(quote[IPv4Fields.DestinationPosition..]);
        Key.Protocol = ip.Protocol;
        FragmentId = ip.Identification;
        IsLaterFragment = ip.FragmentOffsetBytes > 0;
        TransportOffset = NetworkOffset + ip.HeaderLength;
        TransportLength = ip.Payload.Length;
        return true;
    }

    private bool TryReadIpv6(Span<byte> quote)
    {
        if (!Ipv6View.TryWrapQuoted(quote, out Ipv6View ip) || !ip.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            return false;
        }
        Key.Source = TAddress.Read(quote[IPv6Fields.SourceAddressPosition..]);
        Key.Destination = TAddress.Read(quote[IPv6Fields.DestinationAddressPosition..]);
        Key.Protocol = upper.Protocol;
        FragmentId = upper.FragmentId;
        IsLaterFragment = upper.FragmentOffsetBytes > 0;
        TransportOffset = NetworkOffset + upper.Offset;
        TransportLength = ip.PayloadOf(upper).Length;
        return true;
    }

    private void ReadTransport(Span<byte> transport)
    {
        bool flow = Key.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        HasPorts = flow && !IsLaterFragment && transport.Length >= PortBytes;
        if (HasPorts)
        {
            Key.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
            Key.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        }
        HasSequence = HasPorts && Key.Protocol == IpProtocol.Tcp
            && transport.Length >= TcpFields.SequenceNumberPosition + sizeof(uint);
        if (HasSequence)
        {
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[TcpFields.SequenceNumberPosition..]);
        }
    }
}
