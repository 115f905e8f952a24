// Measures an EngineHarness: opens all its sessions, then forwards frames of known ones. Used by BenchCommand and by the budget check of
// bench/. A figure is the median over slices, so that a moment in which the machine did something else
// does not count, while everything the engine itself does now and then (sweep, garbage collection) does.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Bench;

/// <summary>Runs phases and takes their time. Warm up once before.</summary>
/// <param name="harness">The engine, fresh: no session is open.</param>
/// <param name="onInterval">Told of every second of engine time.</param>
public sealed class EngineMeasurement(EngineHarness harness, Action<BenchInterval>? onInterval = null)
{
    private const int SliceBursts = 64;
    private const int LeastNewFrames = 1 << 20;
    private const long IntervalNs = 1_000_000_000;
    private const int WarmUpFlows = 1 << 15;
    private const int KnownWarmUpBursts = 4096;
    private const long WarmUpNs = 1_500_000_000;

    private readonly List<double> _slices = [];
    private long _frames;
    private long _engineNs;
    private long _bytes;
    private BenchInterval _open;
    private int _collectionsAtStart;
    private TimeSpan _pausedBefore;
    private double _longestPauseMs;
    private long _dropsBefore;
    private long _sessionsBefore;
    private int _collectionsBefore;

    /// <summary>Runs a small engine until the compiler has finished with the code.</summary>
    public static void WarmUp(int frameBytes)
    {
        using var harness = new EngineHarness(WarmUpFlows, frameBytes);
        while (harness.EngineNs < WarmUpNs)
        {
            harness.OpenAll();
            for (int i = 0; i < KnownWarmUpBursts; i++)
            {
                harness.FillKnown();
                harness.Run();
            }
            harness.EndAll();
        }
    }

    /// <summary>Opens every flow's session from its SYN. Few flows are opened several times.</summary>
    public PhaseFigures MeasureNew()
    {
        Begin(opens: true);
        while (true)
        {
            while (MeasureSlice(known: false))
            {
                Report(false);
            }
            if (_frames >= LeastNewFrames || harness.Flows >= LeastNewFrames)
            {
                break;
            }
            harness.EndAll();
        }
        return End();
    }

    /// <summary>Forwards frames of known sessions in shuffled order for some seconds of engine time.</summary>
    public PhaseFigures MeasureKnown(double seconds)
    {
        harness.OpenAll();
        Begin(opens: false);
        while (_engineNs < seconds * 1e9)
        {
            MeasureSlice(known: true);
            Report(false);
        }
        return End();
    }

    // False when there is nothing (more) to measure.
    private bool MeasureSlice(bool known)
    {
        long engineNs = 0;
        int bursts = 0;
        long transmitted = harness.Counters.Transmitted;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        for (; bursts < SliceBursts; bursts++)
        {
            if (known)
            {
                harness.FillKnown();
            }
            else if (!harness.TryFillNew())
            {
                break;
            }
            engineNs += harness.Run();
        }
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        if (bursts == 0)
        {
            return false;
        }
        long frames = (long)bursts * EngineHarness.BurstFrames;
        if (harness.Counters.Transmitted - transmitted != frames)
        {
            throw new InvalidOperationException("the engine did not forward every frame: the figures would mean nothing");
        }
        _slices.Add((double)engineNs / frames);
        _frames += frames;
        _engineNs += engineNs;
        _bytes += bytes;
        NotePauses();
        return true;
    }

    private void Begin(bool opens)
    {
        _slices.Clear();
        _frames = _engineNs = _bytes = 0;
        _longestPauseMs = 0;
        _pausedBefore = GC.GetTotalPauseDuration();
        _collectionsAtStart = GC.CollectionCount(0);
        _open = new BenchInterval(opens, 0, 0, 0, 0, 0, 0);
        NoteCounters();
    }

    private PhaseFigures End()
    {
        Report(true);
        _slices.Sort();
        return new PhaseFigures(
            harness.Flows, _frames, _engineNs, Percentile(50), Percentile(1), Percentile(99),
            (double)_bytes / _frames, _longestPauseMs,
            GC.CollectionCount(0) - _collectionsAtStart);
    }

    // All pauses within a slice together: what the longest one cannot exceed.
    private void NotePauses()
    {
        TimeSpan paused = GC.GetTotalPauseDuration();
        _longestPauseMs = Math.Max(_longestPauseMs, (paused - _pausedBefore).TotalMilliseconds);
        _pausedBefore = paused;
    }

    private double Percentile(int percent) => _slices[(_slices.Count - 1) * percent / 100];

    private void Report(bool last)
    {
        if (_engineNs - _open.FromNs < IntervalNs && !(last && _engineNs > _open.FromNs))
        {
            return;
        }
        LoopCounters counters = harness.Counters;
        onInterval?.Invoke(_open with
        {
            ToNs = _engineNs,
            Frames = _frames - _open.Frames,
            Sessions = counters.Opened - _sessionsBefore,
            Drops = counters.DroppedTotal - _dropsBefore,
            Collections = GC.CollectionCount(0) - _collectionsBefore,
        });
        _open = _open with { FromNs = _engineNs, Frames = _frames };
        NoteCounters();
    }

    private void NoteCounters()
    {
        _dropsBefore = harness.Counters.DroppedTotal;
        _sessionsBefore = harness.Counters.Opened;
        _collectionsBefore = GC.CollectionCount(0);
    }
}
