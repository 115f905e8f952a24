// Says when each probe is checked, and tells the control plane when a state has changed. A thread of its own starts the checks; they run on the
// runtime's threads. What changed is kept until the control plane has taken it: a full mailbox delays news, it loses none.

namespace PacketSwitch.Control.Health;

/// <summary>Runs probes. Watch, Refused and Changed are called on the control plane's thread.</summary>
internal sealed class HealthMonitor : IDisposable
{
    // Checks that fall due within the shortest sleep begin together: with a thousand of them a
    // second, waking threads for each costs as much as the checks.
    private const int ShortestSleepMs = 10, LongestSleepMs = 1_000;

    private readonly ControlMailbox _mailbox;
    private readonly Action<long> _onChange;
    private readonly HealthPath _path;
    private readonly Random _random;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<CheckRun, long> _due = new(); // Under _gate.
    private readonly HashSet<CheckRun> _changed = []; // Under _gate.
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private Dictionary<ProbeKey, CheckRun> _runs = [];
    private volatile bool _isStopping;

    /// <summary>Makes a monitor that checks nothing yet.</summary>
    /// <param name="mailbox">The way to the control plane.</param>
    /// <param name="onChange">Called on the control plane's thread when <see cref="TakeChanged"/> has something.</param>
    /// <param name="path">How the checks reach the servers.</param>
    /// <param name="random">For the jitter.</param>
    public HealthMonitor(ControlMailbox mailbox, Action<long> onChange, HealthPath path, Random random)
    {
        _mailbox = mailbox;
        _onChange = onChange;
        _path = path;
        _random = random;
        _thread = new Thread(Run) { Name = "health", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The probes at work, by real server.</summary>
    public ILookup<int, CheckRun> Runs { get; private set; } = Enumerable.Empty<CheckRun>().ToLookup(_ => 0);

    /// <summary>
    /// These are the probes from now on. One whose key is known keeps its state; a new one of a server that is in service begins as up.
    /// </summary>
    public void Watch(IReadOnlyList<HealthProbe> probes, Func<int, bool> isInService)
    {
        var runs = new Dictionary<ProbeKey, CheckRun>();
        var added = new List<CheckRun>();
        foreach (HealthProbe probe in probes)
        {
            if (_runs.Remove(probe.Key, out CheckRun? run))
            {
                run.Probe = probe;
            }
            else
            {
                run = new CheckRun(probe, isInService(probe.Key.Real) ? CheckState.TakenAsUp : CheckState.Unknown);
                added.Add(run);
            }
            runs[probe.Key] = run;
        }
        foreach (CheckRun ended in _runs.Values)
        {
            ended.IsEnded = true;
        }
        _runs = runs;
        Runs = runs.Values.ToLookup(run => run.Probe.Key.Real);
        long now = Environment.TickCount64;
        lock (_gate)
        {
            for (int i = 0; i < added.Count; i++)
            {
                int interval = added[i].Probe.IntervalSeconds;
                added[i].SecondDueMs = CheckTimes.Second(now, i, added.Count, interval);
                _due.Enqueue(added[i], CheckTimes.First(now, i, added.Count, interval));
            }
        }
        _wake.Set();
    }

    /// <summary>A real server refuses on a port: its checks of that port count as failed, all where none is of that port.</summary>
    public void Refused(int real, int port)
    {
        bool hasOwn = Runs[real].Any(run => run.Probe.Key.Port == port);
        foreach (CheckRun run in Runs[real])
        {
            if ((!hasOwn || run.Probe.Key.Port == port) && run.CountRefused(_time))
            {
                Note(run);
            }
        }
    }

    /// <summary>True when every probe has had its first result and the control plane has taken it.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return _changed.Count == 0 && _runs.Values.All(run => run.IsUp is not null);
            }
        }
    }

    /// <summary>The probes whose state has changed since the last call.</summary>
    public CheckRun[] TakeChanged()
    {
        lock (_gate)
        {
            CheckRun[] changed = [.. _changed];
            _changed.Clear();
            return changed;
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join(LongestSleepMs);
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            long now = Environment.TickCount64;
            while (TryTakeDue(now, out CheckRun? run))
            {
                _ = CheckAsync(run!);
            }
            _wake.WaitOne(Sleep(now));
        }
    }

    private bool TryTakeDue(long now, out CheckRun? run)
    {
        lock (_gate)
        {
            return _due.TryPeek(out run, out long due) && due <= now && _due.TryDequeue(out run, out _);
        }
    }

    private int Sleep(long now)
    {
        lock (_gate)
        {
            return !_due.TryPeek(out _, out long due) ? LongestSleepMs
                : (int)Math.Clamp(due - now, ShortestSleepMs, LongestSleepMs);
        }
    }

    private async Task CheckAsync(CheckRun run)
    {
        if (run.IsEnded)
        {
            run.Dispose();
            return;
        }
        long began = Environment.TickCount64;
        bool hasChanged = await run.CheckAsync(_path, _time).ConfigureAwait(false);
        if (_isStopping)
        {
            return;
        }
        bool news;
        lock (_gate)
        {
            long now = Environment.TickCount64;
            long next = CheckTimes.Next(began, now, run.Probe.IntervalSeconds, _random.NextDouble());
            _due.Enqueue(run, run.SecondDueMs is { } second ? Math.Max(second, now) : next);
            run.SecondDueMs = null;
            news = hasChanged ? _changed.Add(run) : _changed.Contains(run);
        }
        if (news)
        {
            _mailbox.TryPost(_onChange);
        }
    }

    private void Note(CheckRun run)
    {
        lock (_gate)
        {
            _changed.Add(run);
        }
        _mailbox.TryPost(_onChange);
    }
}
