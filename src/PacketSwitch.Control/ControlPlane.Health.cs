// The part of the control plane that has servers checked: gives HealthMonitor its probes when the configuration changes, makes of what it
// reports the health that the snapshot is built of, and says each change in one sentence (ALTEON.md section 6). Without a monitor, in
// replays and tests, every enabled server is up.

using System.Globalization;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Control.Neighbors;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control;

public sealed partial class ControlPlane
{
    private readonly Dictionary<IpAddress, TaskCompletionSource> _askedNeighbors = [];
    private HealthMonitor? _monitor;
    private SwitchConfig? _watchedConfig;
    private HashSet<int> _watchedReals = [];
    private Dictionary<int, RealConfig> _realsById = [];
    private long _responsesDueNs;

    /// <summary>Called on this thread with each configuration that becomes the running one. Set before <see cref="Start"/>.</summary>
    public Action<SwitchConfig> ConfigChanged { get; set; } = _ => { };

    /// <summary>
    /// Begins to check the real servers; from now on one with a check is not in service before its first success. Called before
    /// <see cref="Start"/>; ended by <see cref="StopHealth"/>.
    /// </summary>
    public void StartHealth(HealthPath path, Random random)
    {
        _monitor = new HealthMonitor(
            Mailbox, OnHealth, path with { AskNeighbor = AskNeighborAsync }, random);
        _watchedConfig = null;
        Publish(Facts);
    }

    /// <summary>Ends the checks.</summary>
    public void StopHealth() => _monitor?.Dispose();

    /// <summary>
    /// True when every check has had its first result, so that who can serve does. For this thread.
    /// </summary>
    public bool AreFirstChecksIn => _monitor?.IsSettled ?? true;

    /// <summary>What is known of the health of every configured real server. For this thread; the result is for any.</summary>
    public IReadOnlyList<RealHealthReport> ReadHealth()
        => [.. _config.Reals.Select(real =>
        {
            CheckReport[] checks = [.. (_monitor?.Runs[real.Id] ?? []).Select(run => run.Report())];
            RealCondition condition = Facts.Health[real.Id];
            return new RealHealthReport(
                real.Id, real.Enabled, Facts.IsUp(real), checks.Length > 0,
                checks.Any(check => check.IsUp is null), condition.SinceNs, checks);
        })];

    // Called by Publish, before the facts become a snapshot: another configuration means other probes.
    private ServerFacts WithProbes(ServerFacts facts)
    {
        if (ReferenceEquals(_config, _watchedConfig))
        {
            return facts;
        }
        _watchedConfig = _config;
        ConfigChanged(_config);
        if (_monitor is null)
        {
            return facts;
        }
        IReadOnlyList<HealthProbe> probes = HealthPlan.Of(_config);
        HashSet<int> known = _watchedReals;
        RealHealth before = facts.Health;
        _monitor.Watch(probes, real => known.Contains(real) && before.IsUp(real));
        HashSet<int> probed = [.. probes.Select(probe => probe.Key.Real)];
        RealHealth health = before;
        foreach (RealConfig real in _config.Reals)
        {
            bool isNew = !known.Contains(real.Id);
            health = !probed.Contains(real.Id) ? health.WithoutChecks(real.Id)
                : isNew ? health.WithUnchecked(real.Id) : health;
        }
        _realsById = _config.Reals.ToDictionary(real => real.Id);
        _watchedReals = [.. _config.Reals.Where(real => real is { Enabled: true, Address: not null }).Select(real => real.Id)];
        return facts with { Health = health };
    }

    // Some checks have changed their state. A server is up when all its checks say so.
    private void OnHealth(long nowNs)
    {
        RealHealth health = Facts.Health;
        var messages = new List<Action>();
        foreach (IGrouping<int, CheckRun> changed in _monitor!.TakeChanged().GroupBy(run => run.Probe.Key.Real))
        {
            CheckRun[] all = [.. _monitor.Runs[changed.Key]];
            if (all.Length == 0 || !_realsById.TryGetValue(changed.Key, out RealConfig? real))
            {
                continue;
            }
            bool wasUp = health.IsUp(real.Id);
            bool wasUnchecked = health.IsUnchecked(real.Id);
            bool isUp = Array.TrueForAll(all, run => run.IsUp == true);
            CheckRun? failed = Array.Find(all, run => run.IsUp == false);
            if (isUp && !wasUp)
            {
                health = health.WithUp(real.Id, nowNs);
                messages.Add(() => SayUp(real, changed.First().Report()));
            }
            else if (failed is not null && (wasUp || wasUnchecked))
            {
                int sessions = _tables.Loads.Current(real.Id);
                health = health.WithFailed(real.Id, nowNs);
                messages.Add(() => SayFailed(real, failed.Report(), sessions, isFirst: wasUnchecked));
            }
        }
        if (!ReferenceEquals(health, Facts.Health))
        {
            SetHealth(health);
        }
        messages.ForEach(say => say());
    }

    private void SayUp(RealConfig real, CheckReport check)
    {
        string took = check.TookMs.ToString("F1", CultureInfo.InvariantCulture);
        string message = $"{Title(real)} UP: {check.Check} {check.Status} in {took} ms, {check.SucceededInRow} of "
            + $"{check.SuccessesToUp}; {Left(real)}";
        ControlLog.RealUp(_logger, message);
        Events.Add("real-up", real.Path, message);
    }

    private void SayFailed(RealConfig real, CheckReport check, int sessions, bool isFirst)
    {
        string detail = check.Detail.Length == 0 ? "" : $" {check.Detail}";
        string count = isFirst ? "its first check" : $"{Math.Min(check.FailedInRow, check.FailuresToDown)} of {check.FailuresToDown}";
        string fate = _config.Advanced.Grace ? "kept" : "ended";
        string message = $"{Title(real)} FAILED: {check.Check} {check.Status}{detail}, {count}; {Left(real)}, "
            + $"{sessions} {(sessions == 1 ? "session" : "sessions")} {fate}";
        ControlLog.RealFailed(_logger, message);
        Events.Add("real-failed", real.Path, message);
        foreach (GroupConfig group in _config.Groups.Where(group => group.Members.Contains(real.Id)))
        {
            int left = UpIn(group);
            if (left == 0 || left <= group.RealThreshold)
            {
                string warning = left == 0
                    ? $"{group.Path} has no real server in service"
                    : $"{group.Path} has only {Reals(left)} left (realthr {group.RealThreshold})";
                ControlLog.GroupLow(_logger, warning);
                Events.Add(left == 0 ? "group-down" : "group-low", group.Path, warning);
            }
        }
    }

    private static string Title(RealConfig real) => real.Name.Length == 0 ? real.Path : $"{real.Path} {real.Name}";

    private string Left(RealConfig real)
    {
        string[] groups = [.. _config.Groups.Where(group => group.Members.Contains(real.Id))
            .Select(group => $"{Reals(UpIn(group))} left in {group.Path}")];
        return groups.Length == 0 ? "in no group" : string.Join(", ", groups);
    }

    private static string Reals(int count) => count == 1 ? "1 real" : $"{count} reals";

    private int UpIn(GroupConfig group)
        => group.Members.Count(id => _realsById.TryGetValue(id, out RealConfig? real) && Facts.IsUp(real));

    // The data plane has seen three SYNs in a row refused by a real server.
    private void OnRefused(int real, int port)
    {
        if (_config.Groups.Any(group => group.PassiveChecks && group.Members.Contains(real)))
        {
            _monitor?.Refused(real, port);
        }
    }

    // The moving averages that the metric response goes by. Every few seconds, while some group does.
    private void MeasureResponses(long nowNs)
    {
        if (_monitor is null || nowNs < _responsesDueNs || _config.Groups.All(group => group.Metric != GroupMetric.Response))
        {
            return;
        }
        _responsesDueNs = nowNs + MeasureNs;
        var measured = new Dictionary<int, long>();
        foreach (IGrouping<int, CheckRun> runs in _monitor.Runs)
        {
            double longest = runs.Max(run => run.AverageMs);
            if (longest > 0)
            {
                measured[runs.Key] = (long)(longest * 1e6);
            }
        }
        SetResponseTimes(measured);
    }

    // Called by checks, on any thread.
    private Task AskNeighborAsync(IpAddress address, CancellationToken cancel)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Mailbox.TryPost(_ =>
        {
            _askedNeighbors[address] = answered;
            Ask(new NeighborQuestion(-1, address, default));
        });
        return answered.Task.WaitAsync(cancel);
    }

    private void NoteNeighborAnswer(IpAddress sender)
    {
        if (_askedNeighbors.Count > 0 && _askedNeighbors.Remove(sender, out TaskCompletionSource? answered))
        {
            answered.TrySetResult();
        }
    }
}
