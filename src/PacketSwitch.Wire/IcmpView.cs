// The first eight bytes that ICMP over IPv4 and over IPv6 have in common. The caller knows which of
// the two it is from the IP header.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>An ICMP message (RFC 792) or ICMPv6 message (RFC 4443).</summary>
public readonly ref struct IcmpView
{
    private const int CodePosition = 1;

    /// <summary>
    /// The second half of the header: identifier and sequence, or a number or pointer.
    /// </summary>
    private const int ParameterPosition = 4;

    private readonly Span<byte> _message;

    private IcmpView(Span<byte> message) => _message = message;

    /// <summary>One of <see cref="IcmpV4Type"/> or <see cref="IcmpV6Type"/>, or another.</summary>
    public byte Type => _message[IcmpV4Fields.TypeCodePosition];

    public byte Code => _message[CodePosition];

    public ushort Checksum
    {
        get => _message.Read16(IcmpV4Fields.ChecksumPosition);
        internal set => _message.Write16(IcmpV4Fields.ChecksumPosition, value);
    }

    /// <summary>Of echo messages.</summary>
    public ushort Identifier
    {
        get => _message.Read16(IcmpV4Fields.IdPosition);
        internal set => _message.Write16(IcmpV4Fields.IdPosition, value);
    }

    /// <summary>Of echo messages.</summary>
    public ushort Sequence => _message.Read16(IcmpV4Fields.SequencePosition);

    /// <summary>
    /// Bytes 4 to 7: in errors the MTU (RFC 1191 in the low 16 bits; RFC 4443 section 3.2 in all
    /// 32), a pointer, or unused.
    /// </summary>
    public uint Parameter => _message.Read32(ParameterPosition);

    /// <summary>What follows the eight bytes: echo data, or the packet an error quotes.</summary>
    public Span<byte> Payload => _message[IcmpV4Fields.HeaderLength..];

    /// <summary>Wraps an IP payload. False if it has fewer than eight bytes.</summary>
    public static bool TryWrap(Span<byte> message, out IcmpView view)
    {
        view = default;
        if (message.Length < IcmpV4Fields.HeaderLength)
            return false;
        view = new IcmpView(message);
        return true;
    }
}
