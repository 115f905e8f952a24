// What becomes of a flow for which the session table has no room (ARCHITECTURE section 6): where
// nothing but the frame itself is needed to find its way, there and back, it goes without a
// session, by a hash of its source, so that all its frames go to one server. That is so under DSR,
// and for UDP services of half NAT whose real server and port serve no other. All else is refused.
// Until a minute after the last such frame, later segments under DSR and UDP answers are treated
// the same way; a flow may go to another server once, when the table has room for it again.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class SlowPath<TTracer>
{
    // The service that a UDP answer without a session comes from, by real server and port; null
    // where there is more than one. Of one snapshot, made when first asked for.
    private readonly Dictionary<ServiceKey, ServiceKey?> _answerers = [];
    private long _answerersVersion = -1;

    // True when the frame was decided here. The service's group decides who is in service; maxcon
    // does not count, because these flows cannot be counted.
    private bool TryForwardStateless<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        VirtualService service)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool dsr = service.Mode == ForwardingMode.Dsr;
        bool udp = service.Mode == ForwardingMode.Nat && key.Protocol == IpProtocol.Udp;
        if (info.IsFragment || !(dsr || udp) || PickStateless(service, ref key) is not { } real)
        {
            return false;
        }
        FlowEntry<TAddress> client = default;
        FlowEntry<TAddress> server = default;
        client.Key = key;
        ushort realPort = service.RealPort != 0 ? service.RealPort : key.DestinationPort;
        if (dsr)
        {
            RewritePlans.ForDsr(ref client, ref server, real.Neighbor);
        }
        else if (Answerer(new ServiceKey(real.Address, realPort, key.Protocol))
            == new ServiceKey(key.Destination.ToIpAddress(), key.DestinationPort, key.Protocol))
        {
            RewritePlans.ForNat(
                ref client, ref server, key.Source, key.SourcePort,
                SessionOpener<TAddress>.AddressOf(real.Address), realPort, real.Neighbor);
        }
        else
        {
            return false;
        }
        info.Real = real.Id;
        context.Tables.StatelessUse.Note(context.Now);
        context.Counters.Stateless++;
        forwarder.ForwardStateless(ref frame, ref info, ref client);
        return true;
    }

    // A segment of a DSR connection that was opened without a session has none either.
    private bool TryContinueStateless<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key,
        VirtualService service)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => service.Mode == ForwardingMode.Dsr && context.Tables.StatelessUse.IsRecent(context.Now)
            && TryForwardStateless(ref frame, ref info, ref key, service);

    // The answer to a datagram that went without a session: it leaves as its virtual service's.
    private bool TryAnswerStateless<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (key.Protocol != IpProtocol.Udp || info.IsFragment
            || (context.Roles(info.Port) & PortRoles.Server) == 0
            || !context.Tables.StatelessUse.IsRecent(context.Now)
            || Answerer(new ServiceKey(key.Source.ToIpAddress(), key.SourcePort, key.Protocol))
                is not { } service)
        {
            return false;
        }
        TAddress vip = SessionOpener<TAddress>.AddressOf(service.Address);
        Rewrite<TAddress> rewrite = RewritePlans.Between(
            key.Source, key.SourcePort, key.Destination, key.DestinationPort,
            vip, service.Port, key.Destination, key.DestinationPort);
        FrameRewriter.Apply(in rewrite, frame.Span, ref info, frame.Checksum);
        key.Source = vip;
        key.SourcePort = service.Port;
        context.Counters.Stateless++;
        if (IsToSwitch(ref frame))
        {
            ToSwitch(ref frame, ref info, ref key, hasPorts: true);
        }
        else
        {
            forwarder.AnswerStateless(ref frame, ref info);
        }
        return true;
    }

    // Rendezvous hashing (as metric minmisses) of the whole source: a server that comes or goes
    // moves its own flows only. Clients that are bound to a server are hashed by what binds them.
    private RealServer? PickStateless<TAddress>(VirtualService service, ref FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong source = service.Binding is { } binding
            ? AddressHash.Of(key.Source, binding.Bits)
            : AddressHash.With(AddressHash.Of(key.Source, TAddress.Length * 8), key.SourcePort);
        for (ServerGroup? group = service.Group; group is not null; group = group.Backup)
        {
            RealServer? best = null;
            double bestDistance = 0;
            foreach (GroupMember member in group.Members)
            {
                if (member.Servers.Length == 0 || member.Weight == 0)
                {
                    continue;
                }
                ulong hash = AddressHash.With(source, member.Id);
                double distance = MinMisses.Distance(hash, member.Weight);
                if (best is null || distance < bestDistance)
                {
                    (best, bestDistance) = (member.Servers[0], distance);
                }
            }
            if (best is not null)
            {
                return best;
            }
        }
        return null;
    }

    private ServiceKey? Answerer(in ServiceKey server)
    {
        SwitchSnapshot snapshot = context.Snapshot;
        if (_answerersVersion != snapshot.Version)
        {
            _answerersVersion = snapshot.Version;
            _answerers.Clear();
            foreach ((ServiceKey asked, VirtualService service) in snapshot.Services)
            {
                if (asked.Protocol == IpProtocol.Udp && service.Mode == ForwardingMode.Nat)
                {
                    AddAnswerers(asked, service);
                }
            }
        }
        return _answerers.GetValueOrDefault(server);
    }

    private void AddAnswerers(in ServiceKey asked, VirtualService service)
    {
        ushort port = service.RealPort != 0 ? service.RealPort : asked.Port;
        for (ServerGroup? group = service.Group; group is not null; group = group.Backup)
        {
            foreach (GroupMember member in group.Members)
            {
                foreach (RealServer real in member.Servers)
                {
                    var server = new ServiceKey(real.Address, port, asked.Protocol);
                    bool isKnown = _answerers.TryGetValue(server, out ServiceKey? other);
                    bool isOnly = !isKnown || other == asked;
                    _answerers[server] = isOnly ? asked : null;
                }
            }
        }
    }
}
