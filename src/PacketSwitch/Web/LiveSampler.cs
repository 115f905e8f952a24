// Looks at the counters once a second while the web server runs, and keeps the last ten minutes, so
// that a page that is opened shows what has been. One timer's thread writes; readers get copies.
// Costs the data path nothing: it reads the loops' own counters.

using System.Text.Json;
using PacketSwitch.Api;
using PacketSwitch.Reports;

namespace PacketSwitch.Web;

/// <summary>Samples of the last minutes.</summary>
internal sealed class LiveSampler : IDisposable
{
    private const int Capacity = 600;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ControlApi _api;
    private readonly Action<Exception> _onError;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private readonly Queue<LiveSample> _samples = new(); // Under _gate.
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Under _gate.
    private string _status = "{}"; // Under _gate.

    // Used by the timer's thread only.
    private StatsReport _before;
    private DateTimeOffset _beforeAt;
    private int _isRunning;

    public LiveSampler(ControlApi api, Action<Exception> onError)
    {
        _api = api;
        _onError = onError;
        _before = api.Stats.ReadCounters();
        _beforeAt = DateTimeOffset.UtcNow;
        _timer = new Timer(_ => Run(), null, Interval, Interval);
    }

    /// <summary>The samples after a time, the status of now as JSON, and a task that ends when
    /// there is more.</summary>
    public (LiveSample[] Samples, string Status, Task More) After(double time)
    {
        lock (_gate)
            return ([.. _samples.Where(sample => sample.T > time)], _status, _more.Task);
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        // A slow second is left out, not overlapped.
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
            return;
        try
        {
            StatusReport status = _api.Status.Read();
            LiveSample sample = Take(status);
            string json = JsonSerializer.Serialize(status, ReportJson.Readable.StatusReport);
            TaskCompletionSource more;
            lock (_gate)
            {
                _samples.Enqueue(sample);
                if (_samples.Count > Capacity)
                    _samples.Dequeue();
                _status = json;
                more = _more;
                _more = new TaskCompletionSource(
                    TaskCreationOptions.RunContinuationsAsynchronously);
            }
            more.SetResult();
        }
        catch (Exception e)
        {
            _onError(e);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private LiveSample Take(StatusReport status)
    {
        StatsReport now = _api.Stats.ReadCounters();
        DateTimeOffset at = DateTimeOffset.UtcNow;
        StatsReport before = _before;
        double seconds = Math.Max((at - _beforeAt).TotalSeconds, 0.001);
        double Rate(long later, long earlier) => Math.Round(Math.Max(0, later - earlier) / seconds,
            1);
        double Ports(Func<PortStats, long> counter) => Rate(now.Ports.Sum(counter),
            before.Ports.Sum(counter));
        var sample = new LiveSample(
            Math.Round(at.ToUnixTimeMilliseconds() / 1000.0, 3),
            Ports(port => port.PacketsIn), Ports(port => port.PacketsOut),
            8 * Ports(port => port.BytesIn), 8 * Ports(port => port.BytesOut),
            Rate(now.Maint.SessionsOpened, before.Maint.SessionsOpened), status.Sessions.Current,
            now.Maint.Drops.Zip(before.Maint.Drops)
                .Select(pair => (pair.First.Reason, PerSecond: Rate(pair.First.Packets,
                    pair.Second.Packets)))
                .Where(drop => drop.PerSecond > 0).ToDictionary(drop => drop.Reason, drop =>
                    drop.PerSecond),
            [.. now.Reals.Select(Real)]);
        (_before, _beforeAt) = (now, at);
        return sample;

        LiveReal Real(RealStats real)
        {
            RealStats earlier = before.Reals.FirstOrDefault(one => one.Id == real.Id) ?? real;
            return new LiveReal(
                real.Id,
                Rate(real.PacketsIn + real.PacketsOut, earlier.PacketsIn + earlier.PacketsOut),
                Rate(real.Total, earlier.Total),
                status.Reals.FirstOrDefault(one => one.Id == real.Id)?.Check.Ms ?? 0);
        }
    }
}
