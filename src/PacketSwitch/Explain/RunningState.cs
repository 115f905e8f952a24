// A running switch as explain sees it: read, and never written. What an answer depends on is copied
// into a throw-away switch, which then runs the real code; so that explaining leaves sessions,
// loads, turns and counters exactly as they are. Made by whoever serves the running switch.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Replay;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>The state behind an explanation of the running switch.</summary>
/// <param name="Config">The running configuration.</param>
/// <param name="Facts">Health, orders and measurements.</param>
/// <param name="Snapshot">What the loops go by now.</param>
/// <param name="Tables">Their tables.</param>
/// <param name="NowNs">The switch's clock.</param>
internal sealed record RunningState(
    SwitchConfig Config, ServerFacts Facts, SwitchSnapshot Snapshot, SharedTables Tables,
        long NowNs)
{
    /// <summary>The explanation of a flow as the running switch would treat it now.</summary>
    public Explanation Explain(DescribedFlow flow, int? inPort)
    {
        // A connection that is known is asked about by a segment within it.
        DescribedFlow asked = flow;
        if (flow.Protocol == "tcp"
            && TryFindNumbers(flow, out uint sequence, out uint acknowledgement))
        {
            asked = flow with
            {
                Flags = TcpFlags.Ack,
                Sequence = sequence,
                Acknowledgement = acknowledgement
            };
        }
        FrameTrace trace = asked.RunOn(this, inPort);
        return Explanation.Of(
            trace, new Surroundings(Config, [.. Config.Ports.Select(port => port.Id)]));
    }

    /// <summary>The MAC that was resolved for a real server; null while there is none.</summary>
    internal MacAddress? MacOf(RealConfig real)
    {
        foreach (Neighbor neighbor in Snapshot.Neighbors)
        {
            if (neighbor.IsResolved && real.Address is { } address
                && neighbor.Address.Equals(address))
            {
                return neighbor.Mac;
            }
        }
        return null;
    }

    /// <summary>Copies what the flow's way depends on.</summary>
    internal void CopyTo(OfflineSwitch offline, DescribedFlow flow)
    {
        offline.Control.SetHealth(Facts.Health);
        foreach ((int real, DrainMode mode) in Facts.Drains)
        {
            offline.Control.SetDrain(real, mode);
        }
        offline.Control.SetResponseTimes(Facts.Measures.ResponseNs);
        offline.Tables.CopyFrom(Tables);
        foreach (Neighbor neighbor in Snapshot.Neighbors)
        {
            if (neighbor is { IsResolved: true, Port: >= 0 })
            {
                ushort vlan = neighbor.VlanTag < 0 ? (ushort)0 : (ushort)(neighbor.VlanTag & 0xfff);
                offline.Tables.Bridge.Learn(neighbor.Mac, vlan, neighbor.Port, Ticks.At(NowNs));
            }
        }
        if (flow.Source.IsV6)
        {
            CopySession(Tables.Sessions6, offline.Tables.Sessions6,
                KeyOf<Ipv6Address>(flow, FlowSide.Client));
            CopySession(Tables.Sessions6, offline.Tables.Sessions6,
                KeyOf<Ipv6Address>(flow, FlowSide.Server));
        }
        else
        {
            CopySession(Tables.Sessions4, offline.Tables.Sessions4,
                KeyOf<Ipv4Address>(flow, FlowSide.Client));
            CopySession(Tables.Sessions4, offline.Tables.Sessions4,
                KeyOf<Ipv4Address>(flow, FlowSide.Server));
        }
    }

    // The loops go on meanwhile: an entry that changes while it is read gives an explanation of a
    // moment that never was, and no harm.
    private static void CopySession<TAddress>(
        SessionTable<TAddress> from, SessionTable<TAddress> to, FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int flow = from.Find(ref key, from.Hash(ref key));
        int copy = flow < 0 ? -1 : to.Allocate();
        if (copy < 0)
        {
            return;
        }
        int session = flow >> 1;
        to.Entry(copy * 2) = from.Entry(session * 2);
        to.Entry((copy * 2) + 1) = from.Entry((session * 2) + 1);
        SessionState state = from.State(session);
        state.Phase = (int)SessionPhase.Opening;
        state.Next = 0;
        // Its proxy port is the running switch's to give back.
        state.PortPool = 0;
        to.State(copy) = state;
        to.Publish(copy, new SessionTable<TAddress>.LimboList());
    }

    private bool TryFindNumbers(DescribedFlow flow, out uint sequence, out uint acknowledgement)
        => flow.Source.IsV6
            ? TryFindNumbers(Tables.Sessions6, KeyOf<Ipv6Address>(flow, FlowSide.Client),
                out sequence, out acknowledgement)
            : TryFindNumbers(Tables.Sessions4, KeyOf<Ipv4Address>(flow, FlowSide.Client),
                out sequence, out acknowledgement);

    private static bool TryFindNumbers<TAddress>(
        SessionTable<TAddress> table, FlowKey<TAddress> key, out uint sequence,
            out uint acknowledgement)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int flow = table.Find(ref key, table.Hash(ref key));
        sequence = flow < 0 ? 0 : table.Entry(flow).SequenceEnd;
        acknowledgement = flow < 0 ? 0 : table.Entry(flow).Acknowledged;
        return flow >= 0;
    }

    private static FlowKey<TAddress> KeyOf<TAddress>(DescribedFlow flow, FlowSide side)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => new()
        {
            Source = AddressOf<TAddress>(flow.Source),
            Destination = AddressOf<TAddress>(flow.Destination),
            SourcePort = flow.SourcePort,
            DestinationPort = flow.DestinationPort,
            Protocol = flow.Protocol == "tcp" ? IpProtocol.Tcp : IpProtocol.Udp,
            Side = side,
        };

    private static TAddress AddressOf<TAddress>(IpAddress address)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        if (TAddress.IsV6)
        {
            address.V6.Write(bytes);
        }
        else
        {
            address.V4.Write(bytes);
        }
        return TAddress.Read(bytes);
    }
}
