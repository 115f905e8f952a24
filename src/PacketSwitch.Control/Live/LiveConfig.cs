// The three configurations of a running switch: the candidate that is being written, the one that runs, the one in the file. Orders come
// from the control socket and from SIGHUP, on any thread, one at a time; the control plane gets a finished, valid configuration and
// nothing else, so that reading, judging and writing to disk never keep it from its work.
//
//   candidate --apply--> running --save--> file          revert: candidate := running      revert apply: all := file
//                  <--- not confirmed in time

using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Events;

namespace PacketSwitch.Control.Live;

/// <summary>Two-phase configuration. Thread-safe.</summary>
public sealed partial class LiveConfig
{
    private readonly Lock _gate = new();
    private readonly SwitchConfig _started;
    private readonly ConfigStore _store;
    private readonly Action<SwitchConfig> _publish;
    private readonly EventJournal _events;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConfigCandidate _candidate;
    private SwitchConfig? _beforeTrial;
    private long _trialStarted;
    private TimeSpan _trialTime;

    /// <summary>Starts with what runs, which is what the file says.</summary>
    /// <param name="running">The running configuration.</param>
    /// <param name="store">Its file.</param>
    /// <param name="publish">Makes a valid configuration run and returns when it does.</param>
    /// <param name="events">Where applies and saves are noted.</param>
    /// <param name="logger">The same for the log.</param>
    /// <param name="time">For the time of an apply that must be confirmed.</param>
    public LiveConfig(
        SwitchConfig running, ConfigStore store, Action<SwitchConfig> publish, EventJournal events, ILogger logger,
        TimeProvider time)
    {
        _started = running;
        _store = store;
        _publish = publish;
        _events = events;
        _logger = logger;
        _time = time;
        Running = running;
        Saved = running;
        _candidate = ConfigCandidate.From(running);
    }

    /// <summary>What runs.</summary>
    public SwitchConfig Running { get; private set; }

    /// <summary>What the next start will read.</summary>
    public SwitchConfig Saved { get; private set; }

    /// <summary>The file's path.</summary>
    public string File => _store.File;

    /// <summary>What is being written.</summary>
    public SwitchConfig Candidate
    {
        get
        {
            lock (_gate)
                return _candidate.ToConfig();
        }
    }

    /// <summary>Where the three stand to each other.</summary>
    public ConfigStanding Standing
    {
        get
        {
            lock (_gate)
            {
                return new ConfigStanding(
                    ConfigDiff.Of(Running, _candidate.ToConfig()).Changes, ConfigDiff.Of(Saved, Running).Changes,
                    _beforeTrial is null ? null : TrialLeft());
            }
        }
    }

    /// <summary>From the running configuration to the candidate, or from the file to the running one.</summary>
    public ConfigDiff Diff(bool fromSaved)
    {
        lock (_gate)
            return fromSaved ? ConfigDiff.Of(Saved, Running) : ConfigDiff.Of(Running, _candidate.ToConfig());
    }

    /// <summary>Forgets what was written since the last apply.</summary>
    public ConfigOutcome Revert()
    {
        lock (_gate)
        {
            int changes = ConfigDiff.Of(Running, _candidate.ToConfig()).Changes;
            _candidate.Reset(Running);
            return new ConfigOutcome(true, changes == 0
                ? "Nothing was pending." : $"{ProblemText.Plural(changes, "pending change")} forgotten.")
            {
                Changes = changes,
            };
        }
    }

    /// <summary>Judges the candidate without running it.</summary>
    public ConfigOutcome DryRun()
    {
        lock (_gate)
        {
            SwitchConfig next = _candidate.ToConfig();
            return Judge(next) is { } refused
                ? refused
                : new ConfigOutcome(true, $"{ProblemText.Plural(ConfigDiff.Of(Running, next).Changes, "change")} could be applied.")
                {
                    Problems = Validate(next),
                    Changes = ConfigDiff.Of(Running, next).Changes,
                    AtNextStart = StartOnly.Differences(_started, next),
                };
        }
    }

    /// <summary>Runs the candidate: all of it, or nothing when it has an error.</summary>
    /// <param name="confirmWithin">Goes back by itself after this time unless <see cref="Confirm"/> is called.</param>
    public ConfigOutcome Apply(TimeSpan? confirmWithin = null)
    {
        lock (_gate)
            return ApplyCandidate(confirmWithin);
    }

    /// <summary>Keeps an apply that would else go back by itself.</summary>
    public ConfigOutcome Confirm()
    {
        lock (_gate)
        {
            if (_beforeTrial is null)
                return new ConfigOutcome(false, "there is no apply that waits to be confirmed");
            _beforeTrial = null;
            Note("config-confirmed", "the configuration applied last is confirmed");
            return new ConfigOutcome(true, "Confirmed. Running, not saved: \"save\" keeps it over a restart.");
        }
    }

    /// <summary>Goes back from an apply whose time is over. Called now and then; true when it went back.</summary>
    public bool RevertIfUnconfirmed()
    {
        lock (_gate)
        {
            if (_beforeTrial is null || TrialLeft() > TimeSpan.Zero)
                return false;
            SwitchConfig back = _beforeTrial;
            Run(back);
            _beforeTrial = null;
            Note("config-reverted",
                $"nobody confirmed the configuration in {_trialTime.TotalSeconds:0} s: the one before runs again; "
                    + "the changes are pending");
            return true;
        }
    }

    /// <summary>Runs what the file's last known version says, or what ran before an apply that still waits to be confirmed.</summary>
    public ConfigOutcome RevertApplied()
    {
        lock (_gate)
        {
            SwitchConfig back = _beforeTrial ?? Saved;
            int changes = ConfigDiff.Of(Running, back).Changes;
            Run(back);
            _beforeTrial = null;
            _candidate.Reset(back);
            Note("config-reverted", $"the configuration went back: {ProblemText.Plural(changes, "change")}");
            return new ConfigOutcome(true, $"Went back: {ProblemText.Plural(changes, "change")}.") { Changes = changes };
        }
    }

    /// <summary>Keeps what runs over a restart.</summary>
    /// <param name="force">Also when somebody else has changed the file.</param>
    public ConfigOutcome Save(bool force = false)
    {
        lock (_gate)
        {
            if (_beforeTrial is not null)
                return new ConfigOutcome(
                    false, $"not saved: the running configuration goes back in {TrialLeft().TotalSeconds:0} s; \"confirm\" first");
            if (!force && _store.HasChangedOnDisk())
                return new ConfigOutcome(
                    false, $"not saved: {File} was changed by somebody else; \"load\" it, or \"save --force\" over it");
            int pending = ConfigDiff.Of(Running, _candidate.ToConfig()).Changes;
            string? backup;
            try
            {
                backup = _store.Write(ConfigWriter.Write(Running));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new ConfigOutcome(false, $"not saved: {e.Message}; {File} is what it was");
            }
            int changes = ConfigDiff.Of(Saved, Running).Changes;
            Saved = Running;
            Note("config-saved", $"the running configuration is saved to {File}");
            string before = backup is null ? "" : $" (previous version: {backup})";
            string left = pending == 0 ? "" : $" {ProblemText.Plural(pending, "pending change")} not applied, hence not saved.";
            return new ConfigOutcome(true, $"Saved to {File}{before}{left}") { Changes = changes };
        }
    }

    private ConfigOutcome ApplyCandidate(TimeSpan? confirmWithin)
    {
        if (_beforeTrial is not null)
            return new ConfigOutcome(
                false, $"an apply waits to be confirmed ({TrialLeft().TotalSeconds:0} s left): \"confirm\" or \"revert apply\" first");
        SwitchConfig next = _candidate.ToConfig();
        if (Judge(next) is { } refused)
            return refused;
        ConfigDiff diff = ConfigDiff.Of(Running, next);
        SwitchConfig before = Running;
        long started = Stopwatch.GetTimestamp();
        Run(next);
        double took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (confirmWithin is { } time)
        {
            _beforeTrial = before;
            _trialStarted = _time.GetTimestamp();
            _trialTime = time;
        }
        if (diff.Changes > 0)
            Note("config-applied", $"{ProblemText.Plural(diff.Changes, "change")} of the configuration applied");
        string rest = confirmWithin is { } limit
            ? $"It goes back in {limit.TotalSeconds:0} s unless you \"confirm\"."
            : ConfigDiff.Of(Saved, Running).Changes == 0 ? "Running = saved."
            : "Running, not saved: \"save\" keeps it over a restart, \"revert apply\" goes back.";
        return new ConfigOutcome(true, diff.Changes == 0 && confirmWithin is null
            ? "Nothing was pending." : FormattableString.Invariant(
                $"Applied {ProblemText.Plural(diff.Changes, "change")} in {took:0.0} ms.  {rest}"))
        {
            Problems = Validate(next),
            Changes = diff.Changes,
            AtNextStart = StartOnly.Differences(_started, next),
        };
    }

    private ConfigOutcome? Judge(SwitchConfig next)
    {
        IReadOnlyList<ConfigProblem> problems = Validate(next);
        return problems.Any(problem => problem.IsError)
            ? new ConfigOutcome(false, ProblemText.Count(problems)) { Problems = problems } : null;
    }

    private static IReadOnlyList<ConfigProblem> Validate(SwitchConfig config)
        => ConfigValidator.Validate(config, ConfigUse.Run, "candidate");

    // Nothing is noted as running before it does.
    private void Run(SwitchConfig config)
    {
        if (!config.Equals(Running))
            _publish(config);
        Running = config;
    }

    private TimeSpan TrialLeft()
    {
        TimeSpan left = _trialTime - _time.GetElapsedTime(_trialStarted);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private void Note(string kind, string message)
    {
        _events.Add(kind, "", message);
        ControlLog.Configuration(_logger, message);
    }
}

/// <summary>Where candidate, running and saved configuration stand to each other.</summary>
/// <param name="Pending">Changes of the candidate that do not run yet.</param>
/// <param name="Unsaved">Changes that run and are not in the file.</param>
/// <param name="ConfirmWithin">The time left to confirm the last apply; null when none waits.</param>
public sealed record ConfigStanding(int Pending, int Unsaved, TimeSpan? ConfirmWithin);
