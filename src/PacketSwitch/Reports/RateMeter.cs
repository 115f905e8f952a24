// Rates: samples the counters once a second and remembers the last two, and the opened sessions of the last 64 seconds. One timer's thread
// writes; readers get an immutable pair. Costs nothing per frame.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Reports;

/// <summary>Differences of counters per second.</summary>
internal sealed class RateMeter : IDisposable
{
    private const int Seconds = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly LiveView _view;
    private readonly Action<Exception> _onError;
    private readonly Timer _timer;
    private readonly Queue<(long Ns, long Opened)> _opened = new();
    private readonly Lock _gate = new();
    private Sample _before;
    private Sample _last;

    public RateMeter(LiveView view, Action<Exception> onError)
    {
        _view = view;
        _onError = onError;
        _last = _before = Take();
        _opened.Enqueue((_last.Ns, _last.Opened));
        _timer = new Timer(_ => Run(), null, Interval, Interval);
    }

    /// <summary>Called once a second after the sample, on the timer's thread.</summary>
    public Action Ticked { get; set; } = () => { };

    /// <summary>The last whole interval; zero rates in the first second.</summary>
    public Rates Current
    {
        get
        {
            lock (_gate)
                return new Rates(_before, _last);
        }
    }

    /// <summary>New sessions a second over the last seconds.</summary>
    public double NewSessions(int seconds)
    {
        lock (_gate)
        {
            (long Ns, long Opened) now = (_last.Ns, _last.Opened);
            (long Ns, long Opened) from = _opened.FirstOrDefault(
                one => now.Ns - one.Ns <= (seconds * 1_000_000_000L) + 500_000_000, _opened.Peek());
            return now.Ns == from.Ns ? 0 : Math.Round((now.Opened - from.Opened) * 1e9 / (now.Ns - from.Ns), 1);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        try
        {
            Sample sample = Take();
            lock (_gate)
            {
                _before = _last;
                _last = sample;
                _opened.Enqueue((sample.Ns, sample.Opened));
                if (_opened.Count > Seconds + 1)
                    _opened.Dequeue();
            }
            Ticked();
        }
        catch (Exception e)
        {
            _onError(e);
        }
    }

    private Sample Take()
    {
        var reals = new Dictionary<int, RealSample>();
        foreach (RealConfig real in _view.Config.Running.Reals)
            reals[real.Id] = new RealSample(StatsReader.Traffic(_view, real.Id), _view.Tables.Loads.Total(real.Id));
        return new Sample(
            _view.Now(), reals, [.. _view.Ports.Select(port => port.ReadStatistics())],
            [.. Enumerable.Range(0, ReasonText.DropReasons).Select(reason => _view.Loops.Sum(loop => loop.Dropped[reason]))],
            _view.Loops.Sum(loop => loop.Opened));
    }

    internal sealed record RealSample(RealTraffic Traffic, long Sessions);

    internal sealed record Sample(
        long Ns, IReadOnlyDictionary<int, RealSample> Reals, PortStatistics[] Ports, long[] Dropped, long Opened);

    /// <summary>Two samples; every rate is per second.</summary>
    internal sealed record Rates(Sample Before, Sample After)
    {
        public double Seconds => (After.Ns - Before.Ns) / 1e9;

        public long Real(int id, Func<RealSample, long> counter)
            => Before.Reals.TryGetValue(id, out RealSample? before) && After.Reals.TryGetValue(id, out RealSample? after)
                ? PerSecond(counter(after) - counter(before)) : 0;

        public long Port(int index, Func<PortStatistics, long> counter)
            => PerSecond(counter(After.Ports[index]) - counter(Before.Ports[index]));

        public long Drop(int reason) => PerSecond(After.Dropped[reason] - Before.Dropped[reason]);

        private long PerSecond(long difference) => Seconds <= 0 ? 0 : (long)Math.Round(difference / Seconds);
    }
}
