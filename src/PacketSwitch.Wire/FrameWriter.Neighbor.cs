// Neighbour discovery, IPv6's ARP: solicitations that ask for an address and advertisements that
// answer or announce one.

namespace PacketSwitch.Wire;

public static partial class FrameWriter
{
    /// <summary>
    /// Receivers drop neighbour discovery that came over a router (RFC 4861 section 7.1).
    /// </summary>
    private const byte NeighborHopLimit = 255;

    private const byte SourceLinkLayerOption = 1;
    private const byte TargetLinkLayerOption = 2;
    private const int NeighborDataLength = 16 + 8;

    /// <summary>
    /// Writes a neighbour solicitation to the solicited-node group of the address asked for (RFC
    /// 4861 section 4.3). From the unspecified address it is a duplicate address detection probe
    /// and carries no link-layer address (RFC 4862 section 5.4.2).
    /// </summary>
    public static int NeighborSolicitation(
        Span<byte> target,
        MacAddress senderMac,
        Ipv6Address senderAddress,
        Ipv6Address wantedAddress,
        ushort vlanTag = 0)
    {
        Ipv6Address group = wantedAddress.SolicitedNodeMulticast;
        FrameAddresses<Ipv6Address> addresses = new()
        {
            SourceMac = senderMac,
            DestinationMac = group.MulticastMac,
            Source = senderAddress,
            Destination = group,
            VlanTag = vlanTag,
            Ttl = NeighborHopLimit,
        };
        Span<byte> data = stackalloc byte[NeighborDataLength];
        WriteNeighborData(data, wantedAddress, SourceLinkLayerOption, senderMac);
        int length = senderAddress.IsUnspecified ? Ipv6Address.Length : NeighborDataLength;
        return Icmp(target, addresses, IcmpV6Type.NeighborSolicitation, 0, 0, data[..length]);
    }

    /// <summary>
    /// Writes a neighbour advertisement (RFC 4861 section 4.4) with the target's link-layer
    /// address.
    /// </summary>
    /// <param name="target">The buffer.</param>
    /// <param name="addresses">From the address's owner to the one who asked, or to the all-nodes
    /// group; its hop limit is not used, 255 is written.</param>
    /// <param name="advertisedAddress">The address that is being told about.</param>
    /// <param name="advertisedMac">Where it is.</param>
    /// <param name="flags">Router, solicited, override.</param>
    public static int NeighborAdvertisement(
        Span<byte> target,
        in FrameAddresses<Ipv6Address> addresses,
        Ipv6Address advertisedAddress,
        MacAddress advertisedMac,
        NeighborAdvertisementFlags flags)
    {
        Span<byte> data = stackalloc byte[NeighborDataLength];
        WriteNeighborData(data, advertisedAddress, TargetLinkLayerOption, advertisedMac);
        FrameAddresses<Ipv6Address> withHopLimit = addresses with { Ttl = NeighborHopLimit };
        return Icmp(target, withHopLimit, IcmpV6Type.NeighborAdvertisement, 0, (uint)flags, data);
    }

    private static void WriteNeighborData(
        Span<byte> data, Ipv6Address address, byte option, MacAddress linkLayerAddress)
    {
        address.Write(data);
        data[16] = option;
        data[17] = 1; // Units of eight bytes.
        linkLayerAddress.Write(data[18..]);
    }
}
