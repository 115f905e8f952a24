// One watch on a running switch, from its reader's side: empties the rings of all loops and makes
// recorded frames of what is in them, as the replay's recorder does, so that whatever is printed or
// written of a frame is the same for both. One reader.

using PacketSwitch.DataPlane;
using PacketSwitch.Explain;

namespace PacketSwitch.Observe;

/// <summary>A watch that is on until it is disposed.</summary>
internal sealed class LiveWatch : IDisposable
{
    private readonly SwitchWatches _owner;
    private readonly long _wallOffsetNs;
    private readonly Dictionary<long, FrameTrace> _burst = [];

    public LiveWatch(SwitchWatches owner, WatchRule rule)
    {
        _owner = owner;
        Loops = [.. owner.View.Watches.Select(_ => new FrameWatch(rule))];
        long wall = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        _wallOffsetNs = wall - owner.View.Now();
    }

    /// <summary>The watch of each loop.</summary>
    public FrameWatch[] Loops { get; }

    /// <summary>Received frames that were wanted and seen.</summary>
    public long Observed => Loops.Sum(loop => loop.Observed);

    /// <summary>Frames that were wanted and not seen: no room, or over the rate.</summary>
    public long NotObserved => Loops.Sum(loop => loop.NotObserved + loop.SentNotObserved);

    /// <summary>The same of one port: seen to come in; not seen, either way.</summary>
    public (long Observed, long NotObserved) At(int port) => (
        Loops.Sum(loop => loop.ObservedAt[port]),
        Loops.Sum(loop => loop.NotObservedAt[port] + loop.SentNotObservedAt[port]));

    /// <summary>
    /// Takes what has been seen since the last call, in the order of time: a frame as it came in
    /// stands before its copies.
    /// </summary>
    public List<RecordedFrame> Take()
    {
        var frames = new List<RecordedFrame>();
        for (int loop = 0; loop < Loops.Length; loop++)
        {
            _burst.Clear();
            ObservationRing ring = Loops[loop].Ring;
            for (int left = ring.Count; left > 0; left--)
            {
                frames.Add(Recorded(ring.First, loop));
                ring.Release();
            }
        }
        // Stable: what one loop saw stays in its order.
        return Loops.Length == 1 ? frames : [.. frames.OrderBy(frame => frame.TimeNs)];
    }

    /// <summary>The clock of the frames: nanoseconds since 1970-01-01 UTC.</summary>
    public long NowNs => _owner.View.Now() + _wallOffsetNs;

    public void Dispose() => _owner.Close(this);

    private RecordedFrame Recorded(Observation one, int loop)
    {
        long timeNs = one.TimeNs + _wallOffsetNs;
        byte[] bytes = one.Bytes.ToArray();
        if (one.Kind == ObservationKind.Received)
        {
            // One number for each frame of the switch: each loop counts its own.
            long number = ((one.Info.Number - 1) * Loops.Length) + loop + 1;
            var trace = new FrameTrace(number, bytes, one.WireLength, timeNs, one.First)
            {
                Info = one.Info,
                Waited = one.HasWaited,
                IsDecided = true,
            };
            _burst[one.Info.Number] = trace;
            return new RecordedFrame(
                true, one.Port, bytes, one.WireLength, timeNs, trace, IsCopy: false);
        }
        FrameTrace? of = one.Kind == ObservationKind.Sent
            ? _burst.GetValueOrDefault(one.Info.Number) : null;
        var sent = new RecordedFrame(
            false, one.Port, bytes, one.WireLength, timeNs, of, IsCopy: of is not null);
        of?.Copies.Add(sent);
        return sent;
    }
}
