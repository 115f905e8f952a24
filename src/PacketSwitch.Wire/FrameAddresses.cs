// Who a written frame is from and to, on every layer at once: what all functions of FrameWriter
// that write IP frames have in common. Built by the control plane, the slow path and tests.

namespace PacketSwitch.Wire;

/// <summary>The addresses of a frame to be written.</summary>
/// <typeparam name="TAddress">The address family decides between IPv4 and IPv6.</typeparam>
public readonly record struct FrameAddresses<TAddress>
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    public MacAddress SourceMac { get; init; }

    public MacAddress DestinationMac { get; init; }

    public TAddress Source { get; init; }

    public TAddress Destination { get; init; }

    /// <summary>Of TCP and UDP; ICMP ignores it.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>Of TCP and UDP; ICMP ignores it.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>Tag control information of one 802.1Q tag; 0 writes no tag.</summary>
    public ushort VlanTag { get; init; }

    /// <summary>
    /// IPv4 time to live or IPv6 hop limit; 0 writes <see cref="FrameWriter.DefaultTtl"/>.
    /// </summary>
    public byte Ttl { get; init; }

    /// <summary>The same with source and destination exchanged: the way of the answer.</summary>
    public FrameAddresses<TAddress> Reversed => this with
    {
        SourceMac = DestinationMac,
        DestinationMac = SourceMac,
        Source = Destination,
        Destination = Source,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
    };
}
