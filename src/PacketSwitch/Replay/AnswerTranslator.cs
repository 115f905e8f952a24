// Turns a captured answer of a VIP into the frame that the chosen real server would have sent:
// segments, datagrams and their fragments, and ICMP errors. Used by OneFileReplay. The checksums
// are adjusted by the difference (RFC 1624), so a wrong one stays wrong and the way back through
// the switch is the identity.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Translates captured answers in place.</summary>
/// <param name="fragments">The capture's divided datagrams.</param>
/// <param name="macOf">MACs of the real servers by number.</param>
internal sealed class AnswerTranslator(CapturedFragments fragments, Func<ushort, MacAddress> macOf)
{
    /// <summary>
    /// Says what the frame is, and makes it a real server's frame when it is an answer.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="number">Its number in the capture.</param>
    /// <param name="offline">The switch it will enter.</param>
    public CapturedAs Translate(Span<byte> frame, long number, OfflineSwitch offline)
    {
        if (!CapturedPacket.TryRead(frame, out CapturedPacket packet)
            || !offline.Snapshot.VirtualServers.TryGetValue(packet.Source, out VirtualServer? virt))
        {
            return CapturedAs.Request;
        }
        return packet.IsV6
            ? Translate(frame, packet, number, offline, virt, offline.Tables.Sessions6)
            : Translate(frame, packet, number, offline, virt, offline.Tables.Sessions4);
    }

    private CapturedAs Translate<TAddress>(
        Span<byte> frame, in CapturedPacket packet, long number, OfflineSwitch offline, VirtualServer virt,
        SessionTable<TAddress> table)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool isIcmp = packet.Protocol == (TAddress.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp) && !packet.IsFragment;
        if (isIcmp)
        {
            return TryTranslateError(frame, packet, number, offline, table)
                ? CapturedAs.Answer : CapturedAs.Request;
        }
        bool known = packet.IsLaterFragment
            ? fragments.TryFind(packet, number, out CapturedPorts ports)
            : CapturedPorts.TryRead(frame, packet, out ports);
        if (!known)
        {
            return CapturedAs.Request;
        }
        TAddress source = TAddress.Read(frame[packet.AddressOffset..]);
        TAddress destination = TAddress.Read(frame[(packet.AddressOffset + TAddress.Length)..]);
        int flow = FindFlow(offline, table, destination, source, ports, packet.VlanId);
        if (flow < 0)
        {
            return TranslateStray<TAddress>(frame, packet, ports, offline, virt);
        }
        if ((table.State(flow >> 1).Flags & SessionFlags.OneSided) == 0)
        {
            ref FlowKey<TAddress> sent = ref table.Entry(flow | 1).Key;
            Rewrite(frame, packet, ports, sent.Source, sent.SourcePort, sent.Destination, sent.DestinationPort);
            SetDestination(frame, offline.Snapshot.Mac);
        }
        SetSource(frame, macOf(table.State(flow >> 1).Real));
        return CapturedAs.Answer;
    }

    // An answer of a connection whose beginning the capture does not hold. Between two virtual
    // servers (name servers, time servers: the same port on both sides) it may as well ask.
    private CapturedAs TranslateStray<TAddress>(
        Span<byte> frame, in CapturedPacket packet, in CapturedPorts ports, OfflineSwitch offline, VirtualServer virt)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Dictionary<ServiceKey, VirtualService> services = offline.Snapshot.Services;
        if (!services.TryGetValue(
            new ServiceKey(packet.Source, ports.Source, ports.Protocol), out VirtualService? service))
        {
            service = ports.Protocol == IpProtocol.Tcp ? virt.AnyTcpPort : virt.AnyUdpPort;
        }
        GroupMember? member = service is null
            ? null : Array.Find(service.Group.Members, candidate => candidate.Servers.Length > 0);
        if (member is null
            || services.ContainsKey(new ServiceKey(packet.Destination, ports.Destination, ports.Protocol)))
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
        ushort realPort = service!.RealPort != 0 ? service.RealPort : ports.Source;
        TAddress destination = TAddress.Read(frame[(packet.AddressOffset + TAddress.Length)..]);
        Rewrite(frame, packet, ports, TAddress.Read(address), realPort, destination, ports.Destination);
        SetSource(frame, macOf(real.Id));
        return CapturedAs.StrayAnswer;
    }

    // An ICMP error of the VIP about what a client sent it: the real server's, about what the
    // switch made of that.
    private bool TryTranslateError<TAddress>(
        Span<byte> frame, in CapturedPacket packet, long number, OfflineSwitch offline, SessionTable<TAddress> table)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> message = frame.Slice(packet.TransportOffset, packet.TransportLength);
        if (!IcmpView.TryWrap(message, out IcmpView icmp)
            || !(TAddress.IsV6 ? IcmpV6Type.IsError(icmp.Type) : IcmpV4Type.IsError(icmp.Type))
            || !QuotedPacket<TAddress>.TryRead(message, out QuotedPacket<TAddress> quoted)
            || !quoted.Key.Source.ToIpAddress().Equals(packet.Destination))
        {
            return false;
        }
        ref FlowKey<TAddress> asked = ref quoted.Key;
        var ports = new CapturedPorts(asked.Protocol, asked.SourcePort, asked.DestinationPort);
        if (quoted.IsLaterFragment && !fragments.TryFind(
            asked.Source.ToIpAddress(), asked.Destination.ToIpAddress(), quoted.FragmentId, number, out ports))
        {
            return false;
        }
        var answered = new CapturedPorts(ports.Protocol, ports.Destination, ports.Source);
        int flow = FindFlow(offline, table, asked.Source, asked.Destination, answered, packet.VlanId);
        if (flow < 0 || (table.State(flow >> 1).Flags & SessionFlags.OneSided) != 0)
        {
            return false;
        }
        ref FlowKey<TAddress> sent = ref table.Entry(flow | 1).Key;
        var info = new FrameInfo
        {
            NetworkOffset = (ushort)packet.NetworkOffset,
            TransportOffset = (ushort)packet.TransportOffset,
            TransportLength = packet.TransportLength,
        };
        IcmpErrorRewriter.Apply(frame, ref info, quoted, new IcmpErrorRewrite<TAddress>
        {
            Source = sent.Source,
            Destination = sent.Destination,
            Quoted = new FlowKey<TAddress>
            {
                Source = sent.Destination,
                Destination = sent.Source,
                SourcePort = sent.DestinationPort,
                DestinationPort = sent.SourcePort,
            },
        });
        SetSource(frame, macOf(table.State(flow >> 1).Real));
        SetDestination(frame, offline.Snapshot.Mac);
        return true;
    }

    // The client's flow of a session that lives, by an answer's ports.
    private static int FindFlow<TAddress>(
        OfflineSwitch offline, SessionTable<TAddress> table, TAddress client, TAddress vip, in CapturedPorts ports,
        ushort vlan)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var key = new FlowKey<TAddress>
        {
            Source = client,
            Destination = vip,
            SourcePort = ports.Destination,
            DestinationPort = ports.Source,
            VlanId = vlan,
            Protocol = ports.Protocol,
            Side = FlowSide.Client,
        };
        int flow = table.Find(ref key, table.Hash(ref key));
        return flow >= 0 && table.IsExpired(flow >> 1, Ticks.At(offline.NowNs)) ? -1 : flow;
    }

    // The way there with the switch's own code for the way back.
    private static void Rewrite<TAddress>(
        Span<byte> frame, in CapturedPacket packet, in CapturedPorts ports,
        TAddress newSource, ushort newSourcePort, TAddress newDestination, ushort newDestinationPort)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        TAddress source = TAddress.Read(frame[packet.AddressOffset..]);
        TAddress destination = TAddress.Read(frame[(packet.AddressOffset + TAddress.Length)..]);
        Rewrite<TAddress> rewrite = RewritePlans.Between(
            source, ports.Source, destination, ports.Destination,
            newSource, newSourcePort, newDestination, newDestinationPort);
        var info = new FrameInfo
        {
            Protocol = ports.Protocol,
            NetworkOffset = (ushort)packet.NetworkOffset,
            TransportOffset = (ushort)packet.TransportOffset,
        };
        if (packet.IsLaterFragment)
        {
            FrameRewriter.ApplyAddresses(in rewrite, frame, ref info);
        }
        else
        {
            FrameRewriter.Apply(in rewrite, frame, ref info, ChecksumState.Complete);
        }
    }

    private static void SetSource(Span<byte> frame, MacAddress mac) => mac.Write(frame[MacAddress.Length..]);

    private static void SetDestination(Span<byte> frame, MacAddress mac) => mac.Write(frame);
}
