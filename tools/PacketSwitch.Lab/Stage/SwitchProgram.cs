// The switch under test: `packetswitch run -c FILE` in its namespace, as a person would start it.
// Used by the scenarios. Its contract is checked here: a line READY when it forwards, exit 0 within
// a second of SIGTERM, figures at the end.
using System.Diagnostics;

namespace PacketSwitch.Lab.Stage;

internal sealed class SwitchProgram
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly RunningProgram _program;

    private SwitchProgram(RunningProgram program) => _program = program;

    /// <summary>Starts the switch with one of the lab's configurations, or one that the scenario has written.</summary>
    public static SwitchProgram Start(LabOptions options, string configuration,
        params string[] more)
    {
        var folder = AppContext.BaseDirectory;
        var file = Path.IsPathFullyQualified(configuration) ? configuration : Path.Combine(folder, "configs", configuration);
        if (options.Loops > 1) file = WithLoops(options, file);
        string[] io = options.Io == "" ? [] : ["--io", options.Io];
        var program = RunningProgram.Start(Network.SwitchNamespace, "switch", options.LogFolder,
            [Environment.ProcessPath!, Path.Combine(folder, "packetswitch.dll"), "run",
             "-c", file, "--socket-dir", SocketFolder(options), .. io, .. more]);
        var started = new SwitchProgram(program);
        if (program.WaitForLine("READY", ReadyTimeout)) return started;
        if (!program.HasExited)
            throw new LabException(
                $"the switch did not say READY in {ReadyTimeout.TotalSeconds:0} s{started.Tail()}");
        program.WaitForExit(StopTimeout);
        throw new LabException(
            $"the switch ended before it was ready, exit {program.ExitCode}{started.Tail()}");
    }

    private static string WithLoops(LabOptions options, string file)
    {
        var more = Path.Combine(options.LogFolder, "loops.cfg");
        File.WriteAllText(more, $"""
            {File.ReadAllText(file)}
            port 8 / loops {options.Loops}
            port 1 / loops {options.Loops}

            """);
        return more;
    }

    /// <summary>Where the switch's control sockets are.</summary>
    public static string SocketFolder(LabOptions options) => Path.Combine(options.LogFolder, "run");

    /// <summary>The first line of its log, from the <paramref name="after"/>-th on, with all of these texts in it.</summary>
    public string AwaitLine(TimeSpan timeout, int after, params string[] texts)
    {
        bool HasAll(string line) =>
            texts.All(text => line.Contains(text, StringComparison.Ordinal));
        if (_program.WaitForLine(after, HasAll, timeout) is { } found)
            return found[(found.IndexOf(texts[0], StringComparison.Ordinal))..];
        throw new LabException($"the switch did not say '{string.Join(" ", texts)}' in {timeout.TotalSeconds:0} s{Tail()}");
    }

    /// <summary>The first line of its log with this text in it, or null.</summary>
    public string? FindLine(string text) =>
        _program.Lines().FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>How many lines it has printed.</summary>
    public int LineCount => _program.Lines().Length;

    /// <summary>Its process.</summary>
    public int ProcessId => SwitchProcess.FindProcess();

    public bool IsRunning => !_program.HasExited;

    /// <summary>Ends the switch as a crash does.</summary>
    public void Kill()
    {
        _program.Kill();
        _program.WaitForExit(StopTimeout);
    }

    /// <summary>Ends the switch as a service manager would and returns its closing line.</summary>
    public string Stop()
    {
        if (!IsRunning) throw new LabException($"the switch is gone, exit {_program.ExitCode}");
        var started = Stopwatch.GetTimestamp();
        _program.Terminate();
        if (!_program.WaitForExit(StopTimeout))
            throw new LabException("the switch does not end on SIGTERM");
        var took = Stopwatch.GetElapsedTime(started);
        if (_program.ExitCode != 0)
            throw new LabException($"the switch answered SIGTERM with exit {_program.ExitCode}");
        if (took > StopLimit && took > 10 * TimeOfOneStart())
            throw new LabException($"the switch took {took.TotalSeconds:0.0} s to end, not one");
        var last = _program.Lines().LastOrDefault(line => line.Length > 0) ?? "";
        if (last is "" or "READY")
            throw new LabException("the switch printed no figures at its end");
        return last;
    }

    // A machine that is slow or busy now is given a second of its own: ten times what it takes to
    // start a program of this runtime and let it end, less than a tenth of one on an idle one.
    private static TimeSpan TimeOfOneStart()
    {
        var started = Stopwatch.GetTimestamp();
        using var program = Tool.Start(new(Environment.ProcessPath!,
            [Path.Combine(AppContext.BaseDirectory, "packetswitch.dll"), "version"])
        { RedirectStandardOutput = true });
        program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>
    /// Ends the switch after the last step and prints its figures. It must end as it promises also
    /// when a step did not hold; then its log is shown, which says more than the step could.
    /// </summary>
    public bool EndWith(bool held)
    {
        try
        {
            Console.WriteLine($"\nthe switch, at its end: {Stop()}");
        }
        catch (LabException exception)
        {
            Console.WriteLine($"\nFAIL: {exception.Message}");
            held = false;
        }
        if (!held) Console.WriteLine($"the switch's last lines:{Tail()}");
        return held;
    }

    /// <summary>
    /// The last lines of its log, on lines of their own, for a person to read after a failure.
    /// </summary>
    private string Tail() =>
        string.Concat(_program.Lines().TakeLast(20).Select(line => $"\n        | {line}"));
}
