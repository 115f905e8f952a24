// From a session's entries to the two flows that a FlowOffload carries. Used by OffloadKeeper.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Describes sessions to an offload.</summary>
internal static class OffloadPlan
{
    /// <summary>False when the session must stay with the loops: its neighbour or its port is not
    /// known or down, a VLAN tag is to be written, its server is not in service.</summary>
    public static bool TryMake<TAddress>(
        LoopContext context, SessionTable<TAddress> table, int session,
        out OffloadedFlow fromClient, out OffloadedFlow fromServer)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        fromClient = fromServer = default;
        SwitchSnapshot snapshot = context.Snapshot;
        ref SessionState state = ref table.State(session);
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref FlowEntry<TAddress> server = ref table.Entry((session * 2) + 1);
        if (client.Rewrite.Neighbor >= snapshot.Neighbors.Length
            || snapshot.RealStates[state.Real] != RealState.Serving
            || client.Key.VlanId != 0 || state.ClientVlanTag != 0)
        {
            return false;
        }
        Neighbor neighbor = snapshot.Neighbors[client.Rewrite.Neighbor];
        int clientPort = FlowPath.PortOf(server.Path);
        if (!neighbor.IsResolved || neighbor.Port < 0 || neighbor.VlanTag > 0)
        {
            return false;
        }
        MacAddress clientMac = new(FlowPath.MacOf(server.Path));
        PortContext clientSide = context.Ports[clientPort];
        PortContext serverSide = context.Ports[neighbor.Port];
        if (!clientSide.IsUp || !serverSide.IsUp)
        {
            return false;
        }
        fromClient = Describe(ref client, clientSide, serverSide) with
        {
            IsPresent = true,
            SourceMac = clientMac,
            NewDestinationMac = neighbor.Mac,
            NewSourceMac = snapshot.Mac,
        };
        fromServer = Describe(ref server, serverSide, clientSide) with
        {
            IsPresent = (state.Flags & SessionFlags.OneSided) == 0,
            NewDestinationMac = clientMac,
            NewSourceMac = snapshot.Mac,
        };
        return true;
    }

    private static OffloadedFlow Describe<TAddress>(
        ref FlowEntry<TAddress> entry, PortContext ingress, PortContext egress)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        OffloadedEnds ends = new(
            AddressOf(entry.Key.Source), AddressOf(entry.Key.Destination),
            entry.Key.SourcePort, entry.Key.DestinationPort);
        bool rewrites = (entry.Rewrite.Flags & RewriteFlags.Addresses) != 0;
        return new OffloadedFlow
        {
            Ends = ends,
            NewEnds = rewrites
                ? new OffloadedEnds(
                    AddressOf(entry.Rewrite.Source), AddressOf(entry.Rewrite.Destination),
                    entry.Rewrite.SourcePort, entry.Rewrite.DestinationPort)
                : ends,
            IngressPort = ingress.Port.Id,
            EgressPort = egress.Port.Id,
            MaxFrameBytes = egress.MaxFrameBytes,
            SequenceEnd = entry.SequenceEnd,
            Acknowledged = entry.Acknowledged,
        };
    }

    private static IpAddress AddressOf<TAddress>(TAddress address)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => address is Ipv4Address v4
            ? IpAddress.From(v4)
            : address is Ipv6Address v6 ? IpAddress.From(v6) : default;
}
