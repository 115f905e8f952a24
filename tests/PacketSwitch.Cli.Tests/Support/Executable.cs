// The built program as a person starts it: a process, its arguments, its two outputs and its exit code. All tests
// here go through it. Every wait has a bound, and what outlives its test is ended.

using System.Diagnostics;
using System.Text;
using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed class Executable : IDisposable
{
    /// <summary>
    /// How long anything is waited for. Only what is broken takes so long, so that costs nothing
    /// where all is well, and a slow and busy machine is no failure.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private const string SocketVariable = "PACKETSWITCH_SOCKET";

    // A folder of this run's own: other switches of the machine are not met.
    private static readonly string Sockets =
        Path.Combine(Path.GetTempPath(), $"packetswitch-cli-{Environment.ProcessId}");

    private readonly Process _process;

    // Written by: the readers of the outputs, under its own lock. Read by: the test, under the same.
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private int _ended; // Outputs that came to their end.

    private Executable(ProcessStartInfo start, string? input = null)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (input is not null)
            _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    /// <summary>The command that runs the program, to be put behind others (setpriv, ip netns exec).</summary>
    public static string[] Command { get; } =
    [
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
        Path.Combine(AppContext.BaseDirectory, "packetswitch.dll"),
    ];

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Runs the program to its end.</summary>
    public static Finished Run(params string[] arguments) => RunIn(Surroundings.Repository, arguments);

    /// <summary>The same, with files named relative to a folder.</summary>
    public static Finished RunIn(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Command[0], [.. Command[1..], .. arguments]) { WorkingDirectory = folder };
        start.Environment[SocketVariable] = Sockets;
        using var program = new Executable(start);
        return program.WaitForEnd();
    }

    /// <summary>The program with something on its standard input.</summary>
    public static Finished RunWithInput(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Command[0], [.. Command[1..], .. arguments])
        {
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var program = new Executable(start, input);
        return program.WaitForEnd();
    }

    /// <summary>Starts any command; <paramref name="environment"/> is added to this process's own.</summary>
    public static Executable Start(
        string[] command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..]);
        start.Environment.Remove("PACKETSWITCH_CONFIG");
        start.Environment[SocketVariable] = Sockets;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Executable(start);
    }

    /// <summary>Runs any command to its end.</summary>
    public static Finished RunCommand(params string[] command)
    {
        using Executable program = Start(command);
        return program.WaitForEnd();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a line with this in it was printed on either output.</summary>
    public void WaitForLine(string text)
    {
        long started = Stopwatch.GetTimestamp();
        lock (_output)
        {
            while (!_output.ToString().Contains(text, StringComparison.Ordinal)
                && !_errors.ToString().Contains(text, StringComparison.Ordinal))
            {
                // What it printed last may come after its end is known.
                bool isOver = _process.HasExited && _ended == 2;
                if (isOver || Stopwatch.GetElapsedTime(started) > Patience)
                    Assert.Fail($"'{text}' was not printed; printed was:\n{_output}{_errors}");
                Monitor.Wait(_output, TimeSpan.FromMilliseconds(50));
            }
        }
    }

    public Finished WaitForEnd()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"no end in {Patience.TotalSeconds:0} s; printed was:\n{Output}{Errors}");
        }
        _process.WaitForExit(); // Without a time: also waits for the last line.
        return new Finished(_process.ExitCode, Output, Errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Note(StringBuilder text, string? line)
    {
        lock (_output)
        {
            if (line is null)
                _ended++;
            else
                text.Append(line).Append('\n');
            Monitor.PulseAll(_output);
        }
    }

    private string Text(StringBuilder text)
    {
        lock (_output)
            return text.ToString();
    }
}
