// A terminal of a given size with one of the switch's client commands in it (tmux): keys go in, the
// screen is read. Used by DashboardScenario.
using System.Diagnostics;

namespace PacketSwitch.Lab.Stage;

internal sealed class Terminal : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _name;
    private readonly string _logFolder;

    public Terminal(LabOptions options, string name, int width, int height, params string[] words)
    {
        _name = name;
        _logFolder = options.LogFolder;
        string[] program =
        [
            Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "packetswitch.dll"),
            .. words, "--socket", SwitchProgram.SocketFolder(options),
        ];
        Tmux("new-session", "-d", "-x", $"{width}", "-y", $"{height}", string.Join(' ', program));
    }

    /// <summary>Presses keys, as tmux names them.</summary>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Types a text as it is.</summary>
    public void Type(string text) => Tmux("send-keys", "-l", text);

    /// <summary>The screen with its colours, as escapes.</summary>
    public string[] Colours() => Tmux("capture-pane", "-p", "-e");

    /// <summary>The screen once it holds what is awaited.</summary>
    public string[] Await(Func<string[], bool> holds, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var screen = Tmux("capture-pane", "-p");
            if (holds(screen)) return screen;
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new LabException($"{what}:\n{string.Join('\n', screen)}");
            Thread.Sleep(50);
        }
    }

    public void Dispose() => Tmux("kill-session");

    private string[] Tmux(params string[] words)
    {
        var tmux = RunningProgram.Start(Network.SwitchNamespace, "tmux", _logFolder,
            ["env", "LANG=C.UTF-8", "tmux", "-L", _name, .. words]);
        tmux.WaitForExit(Patience);
        return tmux.Lines();
    }
}
