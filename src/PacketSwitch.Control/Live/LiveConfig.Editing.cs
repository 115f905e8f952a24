// The part of the two-phase configuration that changes the candidate: lines of Alteon's grammar, whole files, and the shell's menus.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

public sealed partial class LiveConfig
{
    /// <summary>Executes lines on the candidate: all of them, or none when one has an error.</summary>
    public ConfigOutcome Edit(string lines, string source)
    {
        lock (_gate)
        {
            SwitchConfig before = _candidate.ToConfig();
            var problems = new ProblemList(source);
            var cursor = new MenuCursor(_candidate, problems);
            foreach (ConfigLine line in ConfigText.Lines(lines))
                cursor.Execute(line);
            cursor.Finish();
            if (problems.HasErrors)
            {
                _candidate.Reset(before);
                return new ConfigOutcome(false, ProblemText.Count(problems.All)) { Problems = problems.All };
            }
            int changes = ConfigDiff.Of(before, _candidate.ToConfig()).Changes;
            int pending = ConfigDiff.Of(Running, _candidate.ToConfig()).Changes;
            return new ConfigOutcome(true, $"{ProblemText.Plural(pending, "change")} pending.")
            {
                Problems = problems.All,
                Changes = changes,
            };
        }
    }

    /// <summary>Makes a whole text the candidate, unless it has an error.</summary>
    public ConfigOutcome Load(string text, string source)
    {
        ParsedConfig parsed = ConfigParser.Parse(text, source);
        lock (_gate)
        {
            // An interface that the start's command line gave to a port stays where the text says none.
            SwitchConfig config = parsed.Config;
            foreach (PortConfig port in config.Ports.Where(port => port.Interface.Length == 0))
            {
                if (_started.FindPort(port.Id) is { Interface.Length: > 0 } known)
                    config = config.WithPortInterface(port.Id, known.Interface)!;
            }
            IReadOnlyList<ConfigProblem> problems = ConfigValidator.Sorted(
                [.. parsed.Problems, .. ConfigValidator.Validate(config, ConfigUse.Run, source)]);
            if (problems.Any(problem => problem.IsError))
                return new ConfigOutcome(false, ProblemText.Count(problems)) { Problems = problems };
            _candidate.Reset(config);
            int changes = ConfigDiff.Of(Running, config).Changes;
            return new ConfigOutcome(true, $"{ProblemText.Plural(changes, "change")} pending.")
            {
                Problems = problems,
                Changes = changes,
            };
        }
    }

    /// <summary>
    /// Reads the file again and runs it (SIGHUP, a service manager's reload). What it says is saved by that; what was pending is forgotten.
    /// </summary>
    public ConfigOutcome Reload()
    {
        if (!ConfigFile.TryRead(File, out string text, out string reason))
            return new ConfigOutcome(false, $"{File}: cannot read the configuration: {reason}; nothing was changed");
        return LoadAndApply(text, File, isTheFile: true);
    }

    /// <summary>Loads a whole text and runs it; the file's own text counts as saved.</summary>
    public ConfigOutcome LoadAndApply(string text, string source, bool isTheFile)
    {
        lock (_gate)
        {
            SwitchConfig pending = _candidate.ToConfig();
            ConfigOutcome loaded = Load(text, source);
            if (!loaded.Done)
                return loaded;
            SwitchConfig wanted = _candidate.ToConfig();
            ConfigOutcome applied = ApplyCandidate(confirmWithin: null);
            if (!applied.Done)
            {
                _candidate.Reset(pending);
                return applied;
            }
            if (isTheFile)
            {
                _store.Remember(text);
                Saved = wanted;
            }
            return applied with
            {
                Problems = loaded.Problems,
                Message = isTheFile && applied.Changes > 0
                    ? $"Applied {ProblemText.Plural(applied.Changes, "change")}.  Running = saved." : applied.Message,
            };
        }
    }

    /// <summary>Works on the candidate with nobody else in between: the shell executes a line so.</summary>
    public T WithCandidate<T>(Func<ConfigCandidate, T> work)
    {
        lock (_gate)
            return work(_candidate);
    }
}
