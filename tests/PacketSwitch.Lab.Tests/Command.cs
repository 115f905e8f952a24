// A script or tool, started and watched by a test: what it prints, how it ends, and what it leaves.
// Everything it starts inherits a mark in its environment, by which a process that outlives it is
// found whatever its name or parent.
using System.Diagnostics;
using System.Text;

namespace PacketSwitch.Lab.Tests;

internal sealed class Command : IDisposable
{
    private const string MarkVariable = "PACKETSWITCH_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;

    // Written by: the readers of the output, under its own lock. Read by: the test, under the same.
    private readonly StringBuilder _output = new();
    private int _ended; // Outputs that came to their end.

    private Command(string program, string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[MarkVariable] = _mark;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static Command Start(string program, params string[] words) => new(program, words);

    /// <summary>Runs it to its end, which must come in time.</summary>
    public static Command Run(TimeSpan timeout, string program, params string[] words)
    {
        var command = Start(program, words);
        command.WaitForExit(timeout);
        return command;
    }

    public void WaitForExit(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout))
        {
            Signal("KILL");
            throw new TimeoutException(
                $"no end in {timeout.TotalSeconds:0} s; it printed:\n{Output}");
        }
        _process.WaitForExit(); // Without a time: also waits for the last line.
    }

    /// <summary>Waits until it has printed a line with this in it.</summary>
    public void WaitForOutput(string text, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        lock (_output)
        {
            while (!_output.ToString().Contains(text, StringComparison.Ordinal))
            {
                // What it printed last may come after its end is known.
                bool isOver = _process.HasExited && _ended == 2;
                if (Stopwatch.GetElapsedTime(started) > timeout || isOver)
                    throw new TimeoutException(
                        $"'{text}' was not printed; printed was:\n{_output}");
                Monitor.Wait(_output, TimeSpan.FromMilliseconds(100));
            }
        }
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>How many processes it has started, directly or not, that still run.</summary>
    public int CountSurvivors()
    {
        var mark = Encoding.ASCII.GetBytes($"{MarkVariable}={_mark}");
        return Directory.GetDirectories("/proc").Count(folder => IsMarked(folder, mark));
    }

    public void Dispose()
    {
        if (!_process.HasExited) Signal("KILL");
        _process.Dispose();
    }

    private static bool IsMarked(string processFolder, byte[] mark)
    {
        try
        {
            if (!char.IsAsciiDigit(Path.GetFileName(processFolder)[0])) return false;
            var environment = File.ReadAllBytes(Path.Combine(processFolder, "environ"));
            return environment.AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It ended meanwhile, or is another user's.
        }
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            if (line is null) _ended++;
            else _output.AppendLine(line);
            Monitor.PulseAll(_output);
        }
    }
}
