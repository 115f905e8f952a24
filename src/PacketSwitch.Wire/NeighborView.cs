// A neighbour solicitation or advertisement. The options are walked here because an option of
// length 0 must end the walk, not the program.


namespace PacketSwitch.Wire;

/// <summary>
/// An ICMPv6 neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4). The hop limit
/// of 255, the ICMPv6 checksum and the IPv6 addresses are the caller's to check (section 7.1).
/// </summary>
public readonly ref struct NeighborView
{
    private const int FlagsPosition = 4;
    private const int TargetPosition = 8;
    private const int OptionsPosition = 24;
    private const int OptionUnit = 8;
    private const byte SourceLinkLayerOption = 1;
    private const byte TargetLinkLayerOption = 2;

    private readonly Span<byte> _message;

    private NeighborView(Span<byte> message) => _message = message;

    public bool IsAdvertisement => _message[0] == IcmpV6Type.NeighborAdvertisement;

    /// <summary>Of advertisements; 0 in solicitations.</summary>
    public NeighborAdvertisementFlags Flags =>
        IsAdvertisement
            ? (NeighborAdvertisementFlags)_message.Read32(FlagsPosition)
            : NeighborAdvertisementFlags.None;

    /// <summary>The address asked for or told about.</summary>
    public Ipv6Address TargetAddress => Ipv6Address.Read(_message[TargetPosition..]);

    /// <summary>
    /// Wraps an ICMPv6 message. False unless it is one of the two types with code 0 and room for
    /// the target address.
    /// </summary>
    public static bool TryWrap(Span<byte> message, out NeighborView view)
    {
        view = default;
        if (message.Length < OptionsPosition
            || message[0] is not (IcmpV6Type.NeighborSolicitation
                or IcmpV6Type.NeighborAdvertisement)
            || message[1] != 0)
            return false;
        view = new NeighborView(message);
        return true;
    }

    /// <summary>
    /// The link-layer address the message brings: the sender's in a solicitation, the target's in
    /// an advertisement. False if there is none for Ethernet, or an option has an impossible length
    /// (such a message must be dropped, RFC 4861 section 7.1).
    /// </summary>
    public bool TryGetLinkLayerAddress(out MacAddress address)
    {
        byte wanted = IsAdvertisement ? TargetLinkLayerOption : SourceLinkLayerOption;
        bool found = false;
        address = default;
        Span<byte> rest = _message[OptionsPosition..];
        while (rest.Length >= OptionUnit)
        {
            int length = rest[1] * OptionUnit;
            if (length == 0 || length > rest.Length)
            {
                address = default;
                return false;
            }
            if (rest[0] == wanted && length == OptionUnit && !found)
            {
                address = MacAddress.Read(rest[2..]);
                found = true;
            }
            rest = rest[length..];
        }
        return found;
    }
}
