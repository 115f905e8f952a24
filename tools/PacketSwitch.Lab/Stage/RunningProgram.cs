// A program started in one host's namespace, with what it prints kept in memory and in a log file.
// Used by the scenarios for the switch, the real servers and the clients alike. Its output is read
// on the runtime's threads; every wait has a bound, and a program that is not stopped ends with the
// lab.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PacketSwitch.Lab.Stage;

internal sealed partial class RunningProgram
{
    private const int Sigkill = 9, Sigterm = 15;

    private readonly Process _process;
    private readonly StreamWriter _log;

    // Written by: the two readers of the program's output, under its own lock. Read by: the
    // scenario, under the same.
    private readonly List<string> _lines = [];

    private RunningProgram(string name, Process process, StreamWriter log)
    {
        Name = name;
        _process = process;
        _log = log;
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>
    /// Starts <paramref name="words"/> in a namespace; its output goes to NAME.log of the folder.
    /// </summary>
    public static RunningProgram Start(
        string inNamespace, string name, string logFolder, params string[] words)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", inNamespace, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Several programs of one host write to its log.
        var file = new FileStream(
            Path.Combine(logFolder, $"{name}.log"),
            FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        var log = new StreamWriter(file) { AutoFlush = true };
        log.WriteLine($"$ {string.Join(' ', words)}");
        var program = new RunningProgram(name, Tool.Start(start), log);
        program._process.OutputDataReceived += (_, line) => program.Note(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Note(line.Data);
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        program._process.StandardInput.Close();
        return program;
    }

    /// <summary>Starts one of the lab's own small programs.</summary>
    public static RunningProgram StartOwn(
        string inNamespace, string name, string logFolder, params string[] words) =>
        Start(
            inNamespace, name, logFolder,
            [Environment.ProcessPath!, typeof(RunningProgram).Assembly.Location, .. words]);

    /// <summary>
    /// Waits until the program prints this line; false when it ends or the time is up first.
    /// </summary>
    public bool WaitForLine(string wanted, TimeSpan timeout) =>
        WaitForLine(after: 0, line => line == wanted, timeout) is not null;

    /// <summary>
    /// Waits for such a line, the <paramref name="after"/>-th or a later one; null when the program
    /// ends or the time is up first.
    /// </summary>
    public string? WaitForLine(int after, Func<string, bool> isIt, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        lock (_lines)
        {
            for (var next = after; ;)
            {
                for (; next < _lines.Count; next++)
                {
                    if (isIt(_lines[next])) return _lines[next];
                }
                if (_process.HasExited || Stopwatch.GetElapsedTime(started) > timeout) return null;
                Monitor.Wait(_lines, TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>
    /// Waits for the program's end and for all it printed; false when the time is up first.
    /// </summary>
    public bool WaitForExit(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout)) return false;
        _process.WaitForExit(); // Without a time: also waits for the last line.
        return true;
    }

    public void Terminate()
    {
        if (!_process.HasExited) _ = Kill(_process.Id, Sigterm);
    }

    /// <summary>Ends the program as a crash does.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _ = Kill(_process.Id, Sigkill);
    }

    public string[] Lines()
    {
        lock (_lines) return [.. _lines];
    }

    /// <summary>
    /// The number after a word at the start of a line, as the small programs print their results.
    /// </summary>
    public double Figure(string word)
    {
        foreach (var line in Lines())
        {
            if (!line.StartsWith(word + " ", StringComparison.Ordinal)) continue;
            var figure = line.AsSpan(word.Length + 1);
            if (double.TryParse(figure, CultureInfo.InvariantCulture, out var number))
                return number;
        }
        return 0;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Add(line);
            _log.WriteLine(line);
            Monitor.PulseAll(_lines);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
