// A running switch as explain sees it: read, and never written. What an answer depends on is copied
// into a throw-away switch, which then runs the real code; so that explaining leaves sessions,
// loads, turns and counters exactly as they are. Made by LiveExplainer.
//
// What is read while the loops work: sessions under an epoch (SessionCopies); loads, bindings and
// learned addresses word by word, where each entry carries a check of its own (StickyTable,
// BridgeTable). An entry that changes meanwhile gives an answer of a moment that never was, and no
// harm. Facts and snapshot are immutable.

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
/// <param name="Reader">Who reads, among the participants of the tables' epochs.</param>
internal sealed record RunningState(
    SwitchConfig Config, ServerFacts Facts, SwitchSnapshot Snapshot, SharedTables Tables,
        long NowNs, int Reader)
{
    private const long Second = 1_000_000_000;

    /// <summary>The switch's port numbers by index: those that are open, the host port
    /// too.</summary>
    public IReadOnlyList<int> PortIds { get; init; } = [.. Config.Ports.Select(port => port.Id)];

    /// <summary>The names that an explanation uses.</summary>
    public Surroundings Names => new(Config, PortIds)
    {
        Unresolved = Unresolved(),
        NotServing = Config.Reals.Select(real => (real.Id, Why: WhyNotServing(real.Id)))
            .Where(one => one.Why.Length > 0).ToDictionary(one => one.Id, one => one.Why),
    };

    /// <summary>The explanation of a flow as the running switch would treat it now.</summary>
    public Explanation Explain(DescribedFlow flow, int? inPort)
        => flow.Source.IsV6
            ? Explain(flow, inPort, Tables.Sessions6, offline => offline.Sessions6)
            : Explain(flow, inPort, Tables.Sessions4, offline => offline.Sessions4);

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

    private Explanation Explain<TAddress>(
        DescribedFlow flow, int? inPort, SessionTable<TAddress> table,
        Func<SharedTables, SessionTable<TAddress>> tableOf)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var copies = SessionCopies<TAddress>.Read(
            table, Tables.Epochs, Reader, FlowKeys.Of<TAddress>(flow, Config));
        FlowKey<TAddress> fromClient = FlowKeys.Of<TAddress>(flow, FlowSide.Client);
        // A connection that is known is asked about by a segment within it.
        DescribedFlow asked = flow.Protocol == "tcp" && copies.Find(fromClient) is { } known
            ? flow with
            {
                Flags = TcpFlags.Ack,
                Sequence = known.SequenceEnd,
                Acknowledgement = known.Acknowledged,
            }
            : flow;
        int behind = copies.ClientPort(fromClient);
        int? port = inPort ?? (behind >= 0 && behind < PortIds.Count ? PortIds[behind] : null);
        FrameTrace trace = asked.RunOn(this, port, offline =>
        {
            CopyTo(offline);
            copies.AddTo(tableOf(offline.Tables));
        });
        // The throw-away table holds copies only: the figures are the running one's.
        for (int i = 0; i < trace.Steps.Count; i++)
        {
            if (trace.Steps[i] is SessionStep step)
            {
                trace.Steps[i] = new SessionStep(table.Count, step.Found is { } found
                    ? found with { Number = copies.NumberOf(found.Number) } : null);
            }
        }
        return Explanation.Of(trace, Names);
    }

    private void CopyTo(OfflineSwitch offline)
    {
        offline.Tables.CopyFrom(Tables);
        offline.Control.TakeOver(Facts, Snapshot.Neighbors, NowNs);
        foreach (Neighbor neighbor in Snapshot.Neighbors)
        {
            if (neighbor is { IsResolved: true, Port: >= 0 })
            {
                ushort vlan = neighbor.VlanTag < 0 ? (ushort)0 : (ushort)(neighbor.VlanTag & 0xfff);
                offline.Tables.Bridge.Learn(neighbor.Mac, vlan, neighbor.Port, Ticks.At(NowNs));
            }
        }
        offline.Settle();
    }

    private string WhyNotServing(int real) => Facts.Drain(real) switch
    {
        DrainMode.NoNew => "an operator drains it: no new sessions",
        DrainMode.Persistent => "an operator drains it: only clients bound to it",
        DrainMode.Out => "an operator took it out",
        _ when Facts.Health.IsUnchecked(real) => "waits for its first check",
        _ when !Facts.Health.IsUp(real)
            => $"failed its checks {(NowNs - FailedAt(real)) / Second} s ago",
        _ => "",
    };

    private long FailedAt(int real) => Facts.Health[real].SinceNs ?? NowNs;

    private HashSet<int> Unresolved()
        => [.. Config.Reals.Where(real => real.Mac is null && MacOf(real) is null)
            .Select(real => real.Id)];
}
