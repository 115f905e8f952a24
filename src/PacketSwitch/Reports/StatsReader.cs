// Reads the counters of the running switch into a StatsReport. Called by the control socket and the shell.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Wire;

namespace PacketSwitch.Reports;

/// <summary>Counters to reports.</summary>
internal sealed class StatsReader(LiveView view, RateMeter meter)
{
    // Written by: Clear. Read by: any.
    private volatile StatsBaseline? _baseline;

    /// <summary>Gives the last frames that were seen to be dropped, by reason.</summary>
    public Func<Dictionary<DropReason, ObserveRow>> LastDropped { get; init; } = () => [];

    /// <summary>What is shown from now on is counted from now on; returns a sentence.</summary>
    public string Clear()
    {
        _baseline = new StatsBaseline(ReadCounters(), DateTimeOffset.UtcNow);
        const string Message = "Statistics are shown from now on; /metrics goes on counting.";
        view.Control.Events.Add("stats-cleared", "", "statistics cleared");
        return Message;
    }

    /// <summary>Called once a second: the most sessions since the clearing.</summary>
    public void Sample()
    {
        if (_baseline is { } baseline)
        {
            foreach (RealConfig real in view.Config.Running.Reals)
            {
                baseline.Sample(real.Id, view.Tables.Loads.Current(real.Id));
            }
        }
    }

    /// <summary>The counters since they were cleared, as people are shown them.</summary>
    public StatsReport Read(string? kind = null, int? id = null)
    {
        StatsReport counters = ReadCounters(kind, id);
        StatsReport report = _baseline is { } baseline ? baseline.Since(counters) : counters;
        Dictionary<DropReason, ObserveRow> last = LastDropped();
        // The reasons are in the order of their numbers, from 1. None is shown of before the
        // clearing.
        DropStats[] drops = [.. report.Maint.Drops.Select((drop, i) => drop with
        {
            Last = drop.Packets == 0 ? null : last.GetValueOrDefault((DropReason)(i + 1)),
        })];
        return report with { Maint = report.Maint with { Drops = drops } };
    }

    /// <summary>
    /// All counters, or those of one kind (<c>virt</c>, <c>group</c>, <c>real</c>, <c>port</c>, <c>maint</c>) and number.
    /// </summary>
    public StatsReport ReadCounters(string? kind = null, int? id = null)
    {
        SwitchConfig config = view.Config.Running;
        RateMeter.Rates rates = meter.Current;
        bool Wants(string what) => kind is null || kind == what;
        return new StatsReport
        {
            IntervalS = Math.Round(rates.Seconds, 3),
            Cleared = "",
            Virts = !Wants("virt") ? [] : [.. config.Virts.Where(virt => id is null || virt.Id == id)
                .SelectMany(virt => virt.Services.SelectMany(service => Virts(config, virt, service, rates)))],
            Groups = !Wants("group") ? [] : [.. config.Groups.Where(group => id is null || group.Id == id)
                .Select(group => new GroupStats(group.Id, group.Name, [.. Members(config, group.Id)
                    .Select(real => Real(real, view.Tables.Loads.Current(real.Id), rates))]))],
            Reals = !Wants("real") ? [] : [.. config.Reals.Where(real => id is null || real.Id == id)
                .Select(real => Real(real, view.Tables.Loads.Current(real.Id), rates))],
            Ports = !Wants("port") ? [] : [.. view.Ports.Index().Where(port => id is null || port.Item.Id == id)
                .Select(port => Port(port.Index, port.Item, rates))],
            Maint = Maint(rates),
        };
    }

    /// <summary>Frames and octets of a real server, over all loops.</summary>
    public static RealTraffic Traffic(LiveView view, int real)
    {
        var sum = new RealTraffic();
        foreach (LoopCounters loop in view.Loops)
        {
            ref RealTraffic one = ref loop.Reals[real];
            sum.PacketsTo += one.PacketsTo;
            sum.PacketsFrom += one.PacketsFrom;
            sum.BytesTo += one.BytesTo;
            sum.BytesFrom += one.BytesFrom;
        }
        return sum;
    }

    /// <summary>Sessions of a service at a real server.</summary>
    public static int Sessions(LiveView view, ServiceConfig service, byte protocol, int real)
        => view.Tables.ServiceLoads.Current(ServiceLoads.Of(
            ServiceLoads.KeyOf((ushort)service.VirtId, (ushort)service.Port, protocol), (ushort)real));

    /// <summary>The protocols of a service: their words and numbers.</summary>
    public static IEnumerable<(string Name, byte Number)> Protocols(ServiceConfig service)
    {
        if (service.HasTcp)
            yield return ("tcp", IpProtocol.Tcp);
        if (service.HasUdp)
            yield return ("udp", IpProtocol.Udp);
    }

    private static IEnumerable<RealConfig> Members(SwitchConfig config, int group)
        => (config.FindGroup(group)?.Members ?? []).Select(config.FindReal).OfType<RealConfig>();

    private IEnumerable<VirtStats> Virts(
        SwitchConfig config, VirtConfig virt, ServiceConfig service, RateMeter.Rates rates)
        => Protocols(service).Select(protocol => new VirtStats(
            virt.Id, virt.Name, virt.Address?.ToString() ?? "", service.Port, protocol.Name, service.Group,
            [.. Members(config, service.Group)
                .Select(real => Real(real, Sessions(view, service, protocol.Number, real.Id), rates))]));

    private RealStats Real(RealConfig real, int current, RateMeter.Rates rates)
    {
        RealTraffic traffic = Traffic(view, real.Id);
        return new RealStats
        {
            Id = real.Id,
            Name = real.Name,
            Address = real.Address?.ToString() ?? "",
            Current = current,
            Total = view.Tables.Loads.Total(real.Id),
            Highest = view.Tables.Loads.Highest(real.Id),
            PacketsIn = traffic.PacketsTo,
            PacketsOut = traffic.PacketsFrom,
            BytesIn = traffic.BytesTo,
            BytesOut = traffic.BytesFrom,
            Cps = rates.Real(real.Id, one => one.Sessions),
            InPps = rates.Real(real.Id, one => one.Traffic.PacketsTo),
            OutPps = rates.Real(real.Id, one => one.Traffic.PacketsFrom),
            InBps = 8 * rates.Real(real.Id, one => one.Traffic.BytesTo),
            OutBps = 8 * rates.Real(real.Id, one => one.Traffic.BytesFrom),
        };
    }

    private static PortStats Port(int index, IPacketPort port, RateMeter.Rates rates)
    {
        PortStatistics counted = port.ReadStatistics();
        return new PortStats
        {
            Id = port.Id,
            Interface = port.Name,
            PacketsIn = counted.ReceivedFrames,
            PacketsOut = counted.SentFrames,
            BytesIn = counted.ReceivedBytes,
            BytesOut = counted.SentBytes,
            SendFailures = counted.SendFailures,
            KernelDrops = counted.KernelDrops,
            InPps = rates.Port(index, one => one.ReceivedFrames),
            OutPps = rates.Port(index, one => one.SentFrames),
        };
    }

    private MaintStats Maint(RateMeter.Rates rates)
    {
        long Sum(Func<LoopCounters, long> counter) => view.Loops.Sum(counter);
        return new MaintStats
        {
            Received = Sum(loop => loop.Received),
            Transmitted = Sum(loop => loop.Transmitted),
            Punted = Sum(loop => loop.Punted),
            Held = Sum(loop => loop.Held),
            Dropped = Sum(loop => loop.DroppedTotal),
            Originated = Sum(loop => loop.Originated),
            SessionsOpened = Sum(loop => loop.Opened),
            SessionsEnded = Sum(loop => loop.Ended),
            HalfOpenEvicted = Sum(loop => loop.Evicted),
            BindingsLost = Sum(loop => loop.BindingsLost),
            Stateless = Sum(loop => loop.Stateless),
            ChecksumsCompleted = Sum(loop => loop.CompletedChecksums),
            FramesSegmented = Sum(loop => loop.SegmentedFrames),
            KernelDrops = view.Ports.Sum(port => port.ReadStatistics().KernelDrops),
            NewSessions4S = meter.NewSessions(4),
            NewSessions64S = meter.NewSessions(64),
            Drops = [.. Enumerable.Range(1, ReasonText.DropReasons - 1).Select(reason => new DropStats(
                ReasonText.Of((DropReason)reason), ReasonText.AlteonName((DropReason)reason) ?? "",
                ReasonText.Meaning((DropReason)reason), DropAdvice.General[reason],
                Sum(loop => loop.Dropped[reason]), rates.Drop(reason)))],
        };
    }
}
