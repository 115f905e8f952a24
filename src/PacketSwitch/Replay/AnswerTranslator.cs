// Turns a captured answer of a VIP into the frame that the chosen real server would have sent. Used by OneFileReplay. The checksums are
// adjusted by the difference (RFC 1624), so a wrong one stays wrong and the way back through the switch is the identity.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Translates captured answers in place. It remembers divided datagrams, whose later fragments have no ports.</summary>
/// <param name="macOf">The MAC of a real server, by its number.</param>
internal sealed class AnswerTranslator(Func<ushort, MacAddress> macOf)
{
    private const int UdpHeaderBytes = 8;
    private const int TcpHeaderBytes = 20;

    private readonly AnsweredDatagrams<Ipv4Address> _datagrams4 = new();
    private readonly AnsweredDatagrams<Ipv6Address> _datagrams6 = new();

    /// <summary>Says what the frame is, and makes it a real server's frame when it is an answer.</summary>
    public CapturedAs Translate(Span<byte> frame, OfflineSwitch offline)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return CapturedAs.Request;
        }
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            var packet = new CapturedPacket<Ipv4Address>(
                ip4.Source, ip4.Destination, ip4.Protocol, ethernet.HeaderLength,
                ethernet.HeaderLength + ip4.HeaderLength, ip4.Payload.Length, ip4.IsFragment,
                ip4.FragmentOffsetBytes, ip4.Identification);
            return Translate(frame, ethernet, offline, offline.Tables.Sessions4, packet, _datagrams4);
        }
        if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            var packet = new CapturedPacket<Ipv6Address>(
                ip6.Source, ip6.Destination, upper.Protocol, ethernet.HeaderLength,
                ethernet.HeaderLength + upper.Offset, Ipv6View.HeaderLength + ip6.PayloadLength - upper.Offset,
                upper.IsFragment, upper.FragmentOffsetBytes, upper.FragmentId);
            return Translate(frame, ethernet, offline, offline.Tables.Sessions6, packet, _datagrams6);
        }
        return CapturedAs.Request;
    }

    private CapturedAs Translate<TAddress>(
        Span<byte> frame, EthernetView ethernet, OfflineSwitch offline, SessionTable<TAddress> table,
        in CapturedPacket<TAddress> packet, AnsweredDatagrams<TAddress> datagrams)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (packet is { IsFragment: true, FragmentOffset: > 0 })
        {
            if (datagrams.TryGet(packet, out AnswerRewrite<TAddress> known))
            {
                return Apply(frame, ethernet, offline, packet, known);
            }
            // Before its first one: whose answer it is cannot be said.
            return offline.Snapshot.VirtualServers.ContainsKey(packet.Source.ToIpAddress())
                ? CapturedAs.StrayAnswer : CapturedAs.Request;
        }
        if (!TryReadPorts(frame, packet, out ushort sourcePort, out ushort destinationPort)
            || FindService(offline.Snapshot, packet, sourcePort) is not { } service)
        {
            return CapturedAs.Request;
        }
        AnswerRewrite<TAddress>? rewrite =
            OfSession(ethernet, offline, table, packet, sourcePort, destinationPort, service);
        // Between two virtual servers (name servers, time servers: the same port on both sides) it may as well ask.
        var asked = new ServiceKey(packet.Destination.ToIpAddress(), destinationPort, packet.Protocol);
        if (rewrite is null && offline.Snapshot.Services.ContainsKey(asked))
        {
            return CapturedAs.Request;
        }
        rewrite ??= OfStray(packet, sourcePort, destinationPort, service);
        if (rewrite is null)
        {
            return CapturedAs.Request;
        }
        if (packet.IsFragment)
        {
            datagrams.Add(packet, rewrite.Value);
        }
        return Apply(frame, ethernet, offline, packet, rewrite.Value);
    }

    // The inverse of what the switch does with the real server's frame.
    private static AnswerRewrite<TAddress>? OfSession<TAddress>(
        EthernetView ethernet, OfflineSwitch offline, SessionTable<TAddress> table,
        in CapturedPacket<TAddress> packet, ushort sourcePort, ushort destinationPort, VirtualService service)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var key = new FlowKey<TAddress>
        {
            Source = packet.Destination,
            Destination = packet.Source,
            SourcePort = destinationPort,
            DestinationPort = sourcePort,
            VlanId = (ushort)(ethernet.OuterTag & 0xfff),
            Protocol = packet.Protocol,
            Side = FlowSide.Client,
        };
        int flow = table.Find(ref key, table.Hash(ref key));
        if (flow < 0 || table.IsExpired(flow >> 1, Ticks.At(offline.NowNs)))
        {
            return null;
        }
        ushort real = table.State(flow >> 1).Real;
        if (service.Mode == ForwardingMode.Dsr)
        {
            return new AnswerRewrite<TAddress>(CapturedAs.Answer, real, IsDirect: true, default);
        }
        ref FlowKey<TAddress> server = ref table.Entry(flow | 1).Key;
        return new AnswerRewrite<TAddress>(
            CapturedAs.Answer, real, IsDirect: false, RewritePlans.Between(
                packet.Source, sourcePort, packet.Destination, destinationPort,
                server.Source, server.SourcePort, server.Destination, server.DestinationPort));
    }

    // From the first real server of the service, so that the switch says that it knows no session.
    private static AnswerRewrite<TAddress>? OfStray<TAddress>(
        in CapturedPacket<TAddress> packet, ushort sourcePort, ushort destinationPort, VirtualService service)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (service.Group.Members.SelectMany(member => member.Servers).FirstOrDefault() is not { } real)
        {
            return null;
        }
        bool isDirect = service.Mode == ForwardingMode.Dsr;
        ushort realPort = service.RealPort != 0 ? service.RealPort : sourcePort;
        return new AnswerRewrite<TAddress>(
            CapturedAs.StrayAnswer, real.Id, isDirect, RewritePlans.Between(
                packet.Source, sourcePort, packet.Destination, destinationPort,
                AddressOf<TAddress>(real), realPort, packet.Destination, destinationPort));
    }

    // The way there with the switch's own code for the way back. A server that answers directly has the VIP itself, and sends to the client's MAC.
    private CapturedAs Apply<TAddress>(
        Span<byte> frame, EthernetView ethernet, OfflineSwitch offline, in CapturedPacket<TAddress> packet,
        in AnswerRewrite<TAddress> answer)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ethernet.Source = macOf(answer.Real);
        if (answer.IsDirect)
        {
            return answer.Kind;
        }
        ethernet.Destination = offline.Snapshot.Mac;
        var info = new FrameInfo
        {
            Protocol = packet.Protocol,
            NetworkOffset = (ushort)packet.NetworkOffset,
            TransportOffset = (ushort)packet.TransportOffset,
        };
        if (packet.FragmentOffset > 0)
        {
            FrameRewriter.ApplyAddresses(in answer.Rewrite, frame, ref info);
        }
        else
        {
            FrameRewriter.Apply(in answer.Rewrite, frame, ref info, ChecksumState.Complete);
        }
        return answer.Kind;
    }

    private static VirtualService? FindService<TAddress>(
        SwitchSnapshot snapshot, in CapturedPacket<TAddress> packet, ushort port)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress source = packet.Source.ToIpAddress();
        if (snapshot.Services.TryGetValue(
            new ServiceKey(source, port, packet.Protocol), out VirtualService? service))
        {
            return service;
        }
        snapshot.VirtualServers.TryGetValue(source, out VirtualServer? virt);
        return packet.Protocol == IpProtocol.Tcp ? virt?.AnyTcpPort : virt?.AnyUdpPort;
    }

    // A first fragment's UDP length speaks of the whole datagram, so that no view wraps it; what is malformed is the switch's to say.
    private static bool TryReadPorts<TAddress>(
        Span<byte> frame, in CapturedPacket<TAddress> packet, out ushort source, out ushort destination)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        source = destination = 0;
        Span<byte> segment = frame.Slice(packet.TransportOffset, packet.TransportLength);
        bool isFlow = packet.Protocol switch
        {
            IpProtocol.Tcp => packet.IsFragment ? segment.Length >= TcpHeaderBytes : TcpView.TryWrap(segment, out _),
            IpProtocol.Udp => packet.IsFragment ? segment.Length >= UdpHeaderBytes : UdpView.TryWrap(segment, out _),
            _ => false,
        };
        if (isFlow)
        {
            source = BinaryPrimitives.ReadUInt16BigEndian(segment);
            destination = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        }
        return isFlow;
    }

    private static TAddress AddressOf<TAddress>(RealServer real) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        if (TAddress.IsV6)
        {
            real.Address.V6.Write(address);
        }
        else
        {
            real.Address.V4.Write(address);
        }
        return TAddress.Read(address);
    }
}
