// The UDP header. The payload is bounded by the header's own length field.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>A UDP datagram (RFC 768).</summary>
public readonly ref struct UdpView
{
    private readonly Span<byte> _datagram;

    private UdpView(Span<byte> datagram) => _datagram = datagram;

    public ushort SourcePort
    {
        get => _datagram.Read16(UdpFields.SourcePortPosition);
        internal set => _datagram.Write16(UdpFields.SourcePortPosition, value);
    }

    public ushort DestinationPort
    {
        get => _datagram.Read16(UdpFields.DestinationPortPosition);
        internal set => _datagram.Write16(UdpFields.DestinationPortPosition, value);
    }

    /// <summary>Bytes of header and payload.</summary>
    public int Length => _datagram.Length;

    /// <summary>0 over IPv4 means that the sender computed none.</summary>
    public ushort Checksum
    {
        get => _datagram.Read16(UdpFields.ChecksumPosition);
        internal set => _datagram.Write16(UdpFields.ChecksumPosition, value);
    }

    public Span<byte> Payload => _datagram[UdpFields.HeaderLength..];

    /// <summary>
    /// Wraps an IP payload. False unless the length field is at least 8 and lies within it; so an
    /// IPv6 jumbogram (length 0) and the first fragment of a longer datagram are not wrapped.
    /// </summary>
    public static bool TryWrap(Span<byte> datagram, out UdpView view)
    {
        view = default;
        if (datagram.Length < UdpFields.HeaderLength)
            return false;
        int length = datagram.Read16(UdpFields.HeaderLengthPosition);
        if (length < UdpFields.HeaderLength || length > datagram.Length)
            return false;
        view = new UdpView(datagram[..length]);
        return true;
    }
}
