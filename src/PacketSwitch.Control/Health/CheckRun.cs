// One probe at work: runs its check when HealthMonitor says so, counts the results, and keeps the last one for people. Its check runs on the
// runtime's threads, one at a time; refused SYNs are reported on the control plane's thread: hence the lock, held for a few instructions.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Health;

/// <summary>The state of a probe.</summary>
internal sealed class CheckRun(HealthProbe probe, CheckState state) : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _timeout = new();
    private CheckState _state = state;
    private HealthResult _last = HealthResult.None;
    private DateTimeOffset? _lastTime;
    private double _averageMs;
    private long _failures;

    /// <summary>The probe; its counting may change while it runs.</summary>
    public HealthProbe Probe { get; set; } = probe;

    /// <summary>When the second check is due, until it is set up; under the monitor's lock.</summary>
    public long? SecondDueMs { get; set; }

    /// <summary>True when the configuration has no use for it any more.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The state, null before the first result.</summary>
    public bool? IsUp
    {
        get
        {
            lock (_gate)
            {
                return _state.IsUp;
            }
        }
    }

    /// <summary>The moving average of the time of successful checks; 0 before the first.</summary>
    public double AverageMs
    {
        get
        {
            lock (_gate)
            {
                return _averageMs;
            }
        }
    }

    /// <summary>What is known, for people.</summary>
    public CheckReport Report()
    {
        lock (_gate)
        {
            RiseFall counting = Probe.Counting;
            return new CheckReport(
                Probe.Text, _state.IsUp, _last.Status, _last.Detail, _last.Took.TotalMilliseconds, _lastTime,
                _state.FailedInRow, counting.Fall, _state.SucceededInRow, counting.Rise, _failures);
        }
    }

    /// <summary>Checks once; true when the state has changed.</summary>
    public async Task<bool> CheckAsync(HealthPath path, TimeProvider time)
    {
        HealthProbe probe = Probe;
        var most = TimeSpan.FromSeconds(probe.IntervalSeconds);
        if (!_timeout.TryReset())
        {
            _timeout.Dispose();
            _timeout = new CancellationTokenSource();
        }
        _timeout.CancelAfter(most);
        long began = Stopwatch.GetTimestamp();
        CheckAnswer answer;
        try
        {
            answer = await HealthCheckCatalog.Row(probe.Key.Kind)
                .Run(Target(probe, path, most), _timeout.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            answer = new CheckAnswer(HealthStatus.L4CON, CheckSocket.Describe(e));
        }
        catch (Exception e)
        {
            // A check that cannot be made says nothing good of the server, and must not end the checking.
            answer = new CheckAnswer(HealthStatus.L4CON, e.Message);
        }
        _timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        return Count(new HealthResult(answer.Status, answer.Detail, Stopwatch.GetElapsedTime(began)), time);
    }

    /// <summary>Refused SYNs count as failed checks, so many that the server is down; true when it was not.</summary>
    public bool CountRefused(TimeProvider time)
    {
        lock (_gate)
        {
            bool wasUp = _state.IsUp != false;
            _failures++;
            _last = new HealthResult(HealthStatus.L4CON, "3 SYNs in a row refused", TimeSpan.Zero);
            _lastTime = time.GetUtcNow();
            _state = new CheckState(false, false, Math.Max(_state.FailedInRow, Probe.Counting.Fall));
            return wasUp;
        }
    }

    public void Dispose() => _timeout.Dispose();

    private bool Count(HealthResult result, TimeProvider time)
    {
        lock (_gate)
        {
            bool? before = _state.IsUp;
            _state = Probe.Counting.Next(_state, result.IsSuccess);
            _last = result;
            _lastTime = time.GetUtcNow();
            _failures += result.IsSuccess ? 0 : 1;
            if (result.IsSuccess)
            {
                double ms = result.Took.TotalMilliseconds;
                _averageMs = _averageMs == 0 ? ms : ((_averageMs * 7) + ms) / 8;
            }
            return _state.IsUp != before;
        }
    }

    private static CheckTarget Target(HealthProbe probe, HealthPath path, TimeSpan most)
    {
        IpAddress asked = probe.Key.Vip ?? probe.Key.Address;
        int mark = probe.Key.Vip is null ? 0 : path.MarkFor(probe.Key.Real, probe.Key.Vip.Value);
        if (mark == 0)
        {
            asked = probe.Key.Address;
        }
        return new CheckTarget(
            new IPEndPoint(IPAddress.Parse(asked.ToString()), probe.Key.Port), path.SourceFor(asked), mark,
            probe.Key.Content, most, probe.Key.Address, path.AskNeighbor);
    }
}
