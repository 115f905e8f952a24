// The counters as they were when an operator cleared the statistics: what is shown afterwards is
// what came since. Nothing of the data plane is written, and /metrics and the charts go on with the
// counters themselves, which never fall. Made by StatsReader.

using System.Globalization;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Reports;

/// <summary>Counters at a moment.</summary>
internal sealed class StatsBaseline
{
    private readonly StatsReport _at;
    private readonly Dictionary<int, RealStats> _reals;
    private readonly int[] _highest; // Written by: whoever samples, one at a time. Read by: any.

    public StatsBaseline(StatsReport at, DateTimeOffset now)
    {
        _at = at;
        _reals = at.Reals.ToDictionary(real => real.Id);
        _highest = new int[Limits.MaxIdentifier + 1];
        ClearedAt = now.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        foreach (RealStats real in at.Reals)
        {
            _highest[real.Id] = real.Current;
        }
    }

    public string ClearedAt { get; }

    /// <summary>Looks at how many sessions a real server has now: the most since the clearing is
    /// the most that was seen.</summary>
    public void Sample(int real, int current)
        => _highest[real] = Math.Max(_highest[real], current);

    /// <summary>The same report without what was counted before.</summary>
    public StatsReport Since(StatsReport now) => now with
    {
        Cleared = ClearedAt,
        Virts = [.. now.Virts.Select(one => one with { Reals = [.. one.Reals.Select(Since)] })],
        Groups = [.. now.Groups.Select(one => one with { Reals = [.. one.Reals.Select(Since)] })],
        Reals = [.. now.Reals.Select(Since)],
        Ports = [.. now.Ports.Select(Since)],
        Maint = Since(now.Maint),
    };

    private RealStats Since(RealStats now)
    {
        if (!_reals.TryGetValue(now.Id, out RealStats? before))
        {
            return now;
        }
        return now with
        {
            Total = now.Total - before.Total,
            // A new record is exact; below the old one, the most that was seen once a second.
            Highest = now.Highest > before.Highest ? now.Highest
                : Math.Max(now.Current, _highest[now.Id]),
            PacketsIn = now.PacketsIn - before.PacketsIn,
            PacketsOut = now.PacketsOut - before.PacketsOut,
            BytesIn = now.BytesIn - before.BytesIn,
            BytesOut = now.BytesOut - before.BytesOut,
        };
    }

    private PortStats Since(PortStats now)
    {
        PortStats? before = _at.Ports.FirstOrDefault(one => one.Id == now.Id);
        return before is null ? now : now with
        {
            PacketsIn = now.PacketsIn - before.PacketsIn,
            PacketsOut = now.PacketsOut - before.PacketsOut,
            BytesIn = now.BytesIn - before.BytesIn,
            BytesOut = now.BytesOut - before.BytesOut,
            SendFailures = now.SendFailures - before.SendFailures,
            KernelDrops = now.KernelDrops - before.KernelDrops,
        };
    }

    // Frames that were held or on their way at the clearing count as received after it, so that
    // received = transmitted + punted + dropped + held whenever it holds for the counters.
    private MaintStats Since(MaintStats now)
    {
        MaintStats before = _at.Maint;
        long dropped = before.Drops.Sum(drop => drop.Packets);
        return now with
        {
            Received = now.Received - (before.Transmitted + before.Punted + dropped),
            Transmitted = now.Transmitted - before.Transmitted,
            Punted = now.Punted - before.Punted,
            Dropped = now.Dropped - dropped,
            Originated = now.Originated - before.Originated,
            SessionsOpened = now.SessionsOpened - before.SessionsOpened,
            SessionsEnded = now.SessionsEnded - before.SessionsEnded,
            HalfOpenEvicted = now.HalfOpenEvicted - before.HalfOpenEvicted,
            BindingsLost = now.BindingsLost - before.BindingsLost,
            Stateless = now.Stateless - before.Stateless,
            ChecksumsCompleted = now.ChecksumsCompleted - before.ChecksumsCompleted,
            FramesSegmented = now.FramesSegmented - before.FramesSegmented,
            FramesOffloaded = now.FramesOffloaded - before.FramesOffloaded,
            KernelDrops = now.KernelDrops - before.KernelDrops,
            Drops = [.. now.Drops.Zip(before.Drops, (one, other)
                => one with { Packets = one.Packets - other.Packets })],
        };
    }
}
