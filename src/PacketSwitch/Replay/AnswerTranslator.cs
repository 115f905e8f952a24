// Turns a captured answer of a VIP into the frame that the chosen real server would have sent. Used by OneFileReplay. The checksums are
// adjusted by the difference (RFC 1624), so a wrong one stays wrong and the way back through the switch is the identity.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>What a captured frame is to the replayed switch.</summary>
internal enum CapturedAs
{
    /// <summary>From a client, or of no interest: enters at the client port as it is.</summary>
    Request,

    /// <summary>An answer of a known session.</summary>
    Answer,

    /// <summary>An answer without a session: from a real server of the service, so that the switch says so.</summary>
    StrayAnswer,
}

/// <summary>Translates captured answers in place.</summary>
internal static class AnswerTranslator
{
    /// <summary>Says what the frame is, and makes it a real server's frame when it is an answer.</summary>
    public static CapturedAs Translate(Span<byte> frame, OfflineSwitch offline, Func<ushort, MacAddress> macOf)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return CapturedAs.Request;
        }
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4)
            && !ip4.IsFragment)
        {
            return Translate(
                frame, ethernet, offline, offline.Tables.Sessions4, ip4.Source, ip4.Destination, ip4.Protocol,
                ethernet.HeaderLength + ip4.HeaderLength, ip4.Payload.Length, macOf);
        }
        if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper) && !upper.IsFragment)
        {
            int length = Ipv6View.HeaderLength + ip6.PayloadLength - upper.Offset;
            return Translate(
                frame, ethernet, offline, offline.Tables.Sessions6, ip6.Source, ip6.Destination, upper.Protocol,
                ethernet.HeaderLength + upper.Offset, length, macOf);
        }
        return CapturedAs.Request;
    }

    private static CapturedAs Translate<TAddress>(
        Span<byte> frame, EthernetView ethernet, OfflineSwitch offline, SessionTable<TAddress> table,
        TAddress source, TAddress destination, byte protocol, int transportOffset, int transportLength,
        Func<ushort, MacAddress> macOf)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> segment = frame.Slice(transportOffset, transportLength);
        if (!TryReadPorts(segment, protocol, out ushort sourcePort, out ushort destinationPort))
        {
            return CapturedAs.Request;
        }
        var serviceKey = new ServiceKey(source.ToIpAddress(), sourcePort, protocol);
        if (!offline.Snapshot.Services.TryGetValue(serviceKey, out VirtualService? service))
        {
            return CapturedAs.Request;
        }
        var key = new FlowKey<TAddress>
        {
            Source = destination,
            Destination = source,
            SourcePort = destinationPort,
            DestinationPort = sourcePort,
            VlanId = (ushort)(ethernet.OuterTag & 0xfff),
            Protocol = protocol,
            Side = FlowSide.Client,
        };
        int flow = table.Find(ref key, table.Hash(ref key));
        if (flow < 0 || table.IsExpired(flow >> 1, Ticks.At(offline.NowNs)))
        {
            // Between two virtual servers (name servers, time servers: the same port on both sides) it may as well ask.
            if (offline.Snapshot.Services.ContainsKey(
                new ServiceKey(destination.ToIpAddress(), destinationPort, protocol)))
            {
                return CapturedAs.Request;
            }
            return MakeStray(frame, ethernet, service, source, destination, sourcePort, destinationPort, protocol,
                transportOffset, macOf);
        }
        ref FlowEntry<TAddress> server = ref table.Entry(flow | 1);
        Rewrite(frame, ethernet, source, destination, sourcePort, destinationPort, protocol, transportOffset,
            server.Key.Source, server.Key.Destination, server.Key.SourcePort, server.Key.DestinationPort);
        ethernet.Source = macOf(table.State(flow >> 1).Real);
        ethernet.Destination = offline.Snapshot.Mac;
        return CapturedAs.Answer;
    }

    private static CapturedAs MakeStray<TAddress>(
        Span<byte> frame, EthernetView ethernet, VirtualService service, TAddress source, TAddress destination,
        ushort sourcePort, ushort destinationPort, byte protocol, int transportOffset,
        Func<ushort, MacAddress> macOf)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (Array.Find(service.Group.Members, member => member.Servers.Length > 0) is not { } member)
        {
            return CapturedAs.Request;
        }
        RealServer real = member.Servers[0];
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
        ushort realPort = service.RealPort != 0 ? service.RealPort : sourcePort;
        Rewrite(frame, ethernet, source, destination, sourcePort, destinationPort, protocol, transportOffset,
            TAddress.Read(address), destination, realPort, destinationPort);
        ethernet.Source = macOf(real.Id);
        return CapturedAs.StrayAnswer;
    }

    // The way there with the switch's own code for the way back.
    private static void Rewrite<TAddress>(
        Span<byte> frame, EthernetView ethernet, TAddress source, TAddress destination, ushort sourcePort,
        ushort destinationPort, byte protocol, int transportOffset,
        TAddress newSource, TAddress newDestination, ushort newSourcePort, ushort newDestinationPort)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Rewrite<TAddress> rewrite = RewritePlans.Between(
            source, sourcePort, destination, destinationPort,
            newSource, newSourcePort, newDestination, newDestinationPort);
        var info = new FrameInfo
        {
            Protocol = protocol,
            NetworkOffset = (ushort)ethernet.HeaderLength,
            TransportOffset = (ushort)transportOffset,
        };
        FrameRewriter.Apply(in rewrite, frame, ref info, ChecksumState.Complete);
    }

    private static bool TryReadPorts(Span<byte> segment, byte protocol, out ushort source, out ushort destination)
    {
        source = destination = 0;
        if (protocol == IpProtocol.Tcp && TcpView.TryWrap(segment, out TcpView tcp))
        {
            source = tcp.SourcePort;
            destination = tcp.DestinationPort;
            return true;
        }
        if (protocol == IpProtocol.Udp && UdpView.TryWrap(segment, out UdpView udp))
        {
            source = udp.SourcePort;
            destination = udp.DestinationPort;
            return true;
        }
        return false;
    }
}
