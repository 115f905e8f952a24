// Where the headers of a captured IP packet stand, and which fragment of what it is. Numbers
// only. Used by the one-file replay.

using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>A captured IPv4 or IPv6 packet.</summary>
internal readonly record struct CapturedPacket
{
    private const int Ipv4Source = 12;
    private const int Ipv6Source = 8;

    public bool IsV6 { get; private init; }
    public IpAddress Source { get; private init; }
    public IpAddress Destination { get; private init; }
    public ushort VlanId { get; private init; }
    public int NetworkOffset { get; private init; }
    public int TransportOffset { get; private init; }
    public int TransportLength { get; private init; }

    /// <summary>Of a later IPv6 fragment it is only a claim.</summary>
    public byte Protocol { get; private init; }

    public bool IsFragment { get; private init; }
    public int FragmentOffset { get; private init; }
    public uint FragmentId { get; private init; }

    /// <summary>A fragment without a transport header.</summary>
    public bool IsLaterFragment => FragmentOffset > 0;

    /// <summary>Where the source address stands; the destination is behind it.</summary>
    public int AddressOffset => NetworkOffset + (IsV6 ? Ipv6Source : Ipv4Source);

    /// <summary>False when the frame holds no well-formed IP packet.</summary>
    public static bool TryRead(Span<byte> frame, out CapturedPacket packet)
    {
        packet = default;
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return false;
        }
        int network = ethernet.HeaderLength;
        ushort vlan = (ushort)(ethernet.OuterTag & 0xfff);
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            packet = new CapturedPacket
            {
                Source = IpAddress.From(ip4.Source),
                Destination = IpAddress.From(ip4.Destination),
                VlanId = vlan,
                NetworkOffset = network,
                TransportOffset = network + ip4.HeaderLength,
                TransportLength = ip4.Payload.Length,
                Protocol = ip4.Protocol,
                IsFragment = ip4.IsFragment,
                FragmentOffset = ip4.FragmentOffsetBytes,
                FragmentId = ip4.Identification,
            };
            return true;
        }
        if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            packet = new CapturedPacket
            {
                IsV6 = true,
                Source = IpAddress.From(ip6.Source),
                Destination = IpAddress.From(ip6.Destination),
                VlanId = vlan,
                NetworkOffset = network,
                TransportOffset = network + upper.Offset,
                TransportLength = ip6.PayloadOf(upper).Length,
                Protocol = upper.Protocol,
                IsFragment = upper.IsFragment,
                FragmentOffset = upper.FragmentOffsetBytes,
                FragmentId = upper.FragmentId,
            };
            return true;
        }
        return false;
    }
}
