// The last frames that went through the switch, while the dashboard is on: a watch at a low rate,
// and one of its own for drops, which are what a person looks for and would be lost among the
// others; and of each drop reason the last frame that this one has seen, however long ago. Made by
// Operating with the web server; a timer's thread empties the rings.

using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Reports;

namespace PacketSwitch.Observe;

/// <summary>Keeps the last frames.</summary>
internal sealed class RecentFrames : IDisposable
{
    /// <summary>Frames kept of each kind, and so the most that are given.</summary>
    public const int Capacity = 200;

    private const int PerSecond = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Kept[] _kept; // Under _gate.
    private readonly RecordedFrame?[] _dropped = // Under _gate; by reason.
        new RecordedFrame?[ReasonText.DropReasons];
    private readonly Timer _timer;
    private bool _isDisposed; // Under _gate.

    private RecentFrames(LiveWatch dropped, LiveWatch others)
    {
        _kept = [new Kept(dropped), new Kept(others)];
        _timer = new Timer(_ => Take(), null, Interval, Interval);
    }

    /// <summary>Begins to keep; null when too many watch.</summary>
    public static RecentFrames? TryStart(SwitchWatches watches)
    {
        const int Drop = 1 << (int)Verdict.Drop;
        var rule = new WatchRule { SnapBytes = 2048, PerSecond = PerSecond };
        LiveWatch? dropped = watches.TryOpen(rule with { Verdicts = Drop, Originated = false });
        LiveWatch? others = watches.TryOpen(
            rule with { Verdicts = WatchRule.AllVerdicts & ~Drop });
        if (dropped is not null && others is not null)
            return new RecentFrames(dropped, others);
        dropped?.Dispose();
        others?.Dispose();
        return null;
    }

    /// <summary>
    /// The last so many frames with their copies, in the order of time. Up to half of them are
    /// drops, however long those are ago; where there are fewer, others take their place.
    /// </summary>
    public List<RecordedFrame> Last(int count, Func<RecordedFrame, bool> isMeant)
    {
        lock (_gate)
        {
            Take();
            RecordedFrame[] dropped = [.. _kept[0].Frames.Where(isMeant)];
            RecordedFrame[] others = [.. _kept[1].Frames.Where(isMeant)];
            int drops = Math.Min(
                dropped.Length, Math.Max(count / 2, count - others.Length));
            return
            [
                .. dropped.TakeLast(drops).Concat(others.TakeLast(count - drops))
                    .OrderBy(frame => frame.TimeNs).SelectMany(WithCopies),
            ];
        }
    }

    /// <summary>Of each drop reason the last frame that was seen; reasons without one are left
    /// out.</summary>
    public Dictionary<DropReason, ObserveRow> LastDropped(LiveNames names)
    {
        RecordedFrame?[] dropped;
        lock (_gate)
        {
            Take();
            dropped = [.. _dropped];
        }
        var rows = new Dictionary<DropReason, ObserveRow>();
        for (int reason = 0; reason < dropped.Length; reason++)
        {
            if (dropped[reason] is { } frame && ObserveRows.Of(frame, names) is { } row)
                rows.Add((DropReason)reason, row);
        }
        return rows;
    }

    /// <summary>What the watches have seen and not seen.</summary>
    public (long Observed, long NotObserved) Figures
        => (_kept.Sum(kept => kept.Watch.Observed), _kept.Sum(kept => kept.Watch.NotObserved));

    public static int Rate => PerSecond;

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            foreach (Kept kept in _kept)
                kept.Watch.Dispose();
        }
    }

    private static IEnumerable<RecordedFrame> WithCopies(RecordedFrame frame)
        => frame.Trace is { } trace ? [frame, .. trace.Copies] : [frame];

    private void Take()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            foreach (Kept kept in _kept)
            {
                foreach (RecordedFrame frame in kept.Watch.Take().Where(frame => !frame.IsCopy))
                {
                    if (frame.Trace is { Info: { Verdict: Verdict.Drop, Drop: var reason } })
                        _dropped[(int)reason] = frame;
                    kept.Frames.Enqueue(frame);
                    if (kept.Frames.Count > Capacity)
                        kept.Frames.Dequeue();
                }
            }
        }
    }

    private sealed record Kept(LiveWatch Watch)
    {
        public Queue<RecordedFrame> Frames { get; } = [];
    }
}
