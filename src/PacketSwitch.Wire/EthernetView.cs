// The Ethernet header and up to two VLAN tags in front of a frame. The classifier wraps every frame
// with it first; Payload is what the next view wraps.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>
/// An Ethernet II frame without its frame check sequence (IEEE 802.3), with no, one or two tags
/// (802.1Q, 802.1ad).
/// </summary>
public readonly ref struct EthernetView
{
    /// <summary>More tags than this are left in the payload, and the ether type says so.</summary>
    public const int MaximumVlanTags = 2;

    private readonly Span<byte> _frame;

    private EthernetView(Span<byte> frame, int vlanTagCount, ushort etherType)
    {
        _frame = frame;
        VlanTagCount = vlanTagCount;
        EtherType = etherType;
    }

    /// <summary>Destination address. No checksum covers it.</summary>
    public MacAddress Destination
    {
        get => MacAddress.Read(_frame[EthernetFields.DestinationMacPosition..]);
        set => value.Write(_frame[EthernetFields.DestinationMacPosition..]);
    }

    /// <summary>Source address. No checksum covers it.</summary>
    public MacAddress Source
    {
        get => MacAddress.Read(_frame[EthernetFields.SourceMacPosition..]);
        set => value.Write(_frame[EthernetFields.SourceMacPosition..]);
    }

    /// <summary>
    /// The innermost type after the tags; below 0x0600 it is an IEEE 802.3 length. It is <see
    /// cref="EtherTypes.Vlan"/> or <see cref="EtherTypes.ServiceVlan"/> if there is a third tag.
    /// </summary>
    public ushort EtherType { get; }

    /// <summary>0, 1 or 2.</summary>
    public int VlanTagCount { get; }

    /// <summary>
    /// Tag control information (priority, DEI, VLAN number) of the outer tag; 0 if none.
    /// </summary>
    public ushort OuterTag =>
        VlanTagCount == 0 ? (ushort)0 : _frame.Read16(EthernetFields.HeaderLength
            + Ieee8021QFields.TagControlInformationPosition);

    /// <summary>0x8100 or 0x88a8, or 0 if the frame has no tag.</summary>
    public ushort OuterTagType =>
        VlanTagCount == 0 ? (ushort)0 : _frame.Read16(EthernetFields.TypePosition);

    /// <summary>Bytes before <see cref="Payload"/>: 14, 18 or 22.</summary>
    public int HeaderLength =>
        EthernetFields.HeaderLength + (VlanTagCount * Ieee8021QFields.HeaderLength);

    /// <summary>All bytes after the header, Ethernet padding included.</summary>
    public Span<byte> Payload => _frame[HeaderLength..];

    /// <summary>False if the frame is too short for the header and the tags it announces.</summary>
    public static bool TryWrap(Span<byte> frame, out EthernetView view)
    {
        view = default;
        if (frame.Length < EthernetFields.HeaderLength)
            return false;
        int tags = 0;
        ushort type = frame.Read16(EthernetFields.TypePosition);
        while (type is EtherTypes.Vlan or EtherTypes.ServiceVlan && tags < MaximumVlanTags)
        {
            int tag = EthernetFields.HeaderLength + (tags * Ieee8021QFields.HeaderLength);
            if (frame.Length < tag + Ieee8021QFields.HeaderLength)
                return false;
            type = frame.Read16(tag + Ieee8021QFields.TypePosition);
            tags++;
        }
        view = new EthernetView(frame, tags, type);
        return true;
    }
}
