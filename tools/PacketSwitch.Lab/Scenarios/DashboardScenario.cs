// What a person looks at while the switch works: the dashboard in a headless browser, the metrics,
// and `top` on terminals of two sizes. Run by Program (`./run-lab.sh dashboard`); with --keep DIR
// the pictures stay.
using System.Text.RegularExpressions;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class DashboardScenario(LabOptions options)
{
    private const string Web = "127.0.0.1:8080";
    private const int DevTools = 9222;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] MetricNames =
    [
        "build_info", "config_pending", "config_unsaved", "port_packets_total", "port_bytes_total",
            "kernel_drops_total", "drops_total",
        "gc_collections_total", "gc_pause_seconds_total", "gc_last_pause_seconds",
        "gc_longest_pause_seconds",
            "offloaded_frames_total",
        "sessions", "sessions_max", "virt_up", "real_state", "real_sessions", "real_sessions_total",
            "real_packets_total",
        "real_bytes_total", "real_check_seconds", "real_check_failures_total",
            "real_transitions_total",
    ];

    private readonly ClientPrograms _clients = new(options);
    private SwitchProgram? _switch;

    public static int Run(LabOptions options) => new DashboardScenario(options).Run();

    private int Run()
    {
        PeerPrograms.MustBeInstalled("chromium", "tmux", "tshark");
        Picture.Print($"metric leastconns; dashboard at http://{Web}/");
        var printer = new StepPrinter(steps: 5);
        if (!printer.Step("namespaces, servers, the switch with --web", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("the page in Chromium, web3 fails meanwhile", LookAtPage)
            & printer.Step("the metrics", ReadMetrics)
            & printer.Step("top at 100x30 and 80x24", LookAtTop)
            & printer.Step("the shell's line in a terminal", TypeInShell);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        _switch = SwitchProgram.Start(options, "leastconns.cfg", "--web", Web);
        _switch.AwaitLine(Patience, 0, "the dashboard is at");
        foreach (var server in Network.Servers) _switch.AwaitLine(Patience, 0, $"{server.Name} UP");
        return new StepReport($"the dashboard is at http://{Web}/");
    }

    private StepReport LookAtPage()
    {
        var picture = Path.Combine(options.LogFolder, "dashboard.png");
        using var traffic = new Traffic(options);
        var browser = RunningProgram.Start(
            Network.SwitchNamespace, "chromium", options.LogFolder, "chromium", "--headless=new",
                "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update",
            $"--user-data-dir={Path.Combine(Path.GetTempPath(), "chromium")}",
                $"--remote-debugging-port={DevTools}", "about:blank");
        var since = _switch!.LineCount;
        _clients.KillServer(Network.Servers[2]);
        _switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        _clients.StartServer(Network.Servers[2]);
        var shoot = RunningProgram.StartOwn(
            Network.SwitchNamespace, "shoot", options.LogFolder, "shoot", $"http://{Web}/", picture,
                "--port", $"{DevTools}", "--seconds", "6");
        if (!shoot.WaitForExit(Patience) || shoot.ExitCode != 0)
            throw new LabException($"the browser: {shoot.Lines().LastOrDefault()}");
        browser.Terminate();
        Must(shoot, "foreign", count => count == 0);
        Must(shoot, "errors", count => count == 0);
        Must(shoot, "samples", count => count >= 5);
        Must(shoot, "events", count => count >= 1);
        Must(shoot, "servers", count => count == 3);
        Must(shoot, "charts", count => count == 5);
        Must(shoot, "moving", count => count >= 3);
        Must(shoot, "reasons", count => count >= 2);
        Must(shoot, "frames", count => count >= 2);
        Must(shoot, "explained", count => count == 5);
        Must(shoot, "saved", count => count == 1);
        Must(shoot, "errors_after", count => count == 0);
        ReadSaved(Path.Combine(options.LogFolder, "packets.pcapng"));
        return new StepReport(
            $"{shoot.Figure("moving"):0} of {shoot.Figure("charts"):0} charts move, "
                + $"{shoot.Figure("requests"):0} requests, 0 elsewhere, "
                + $"{shoot.Figure("explained"):0} of 5 questions answered", picture);
    }

    // What the browser saved is what the link promises: the last hundred frames with their copies,
    // drops among them, and no frame that tshark cannot read.
    private void ReadSaved(string file)
    {
        string[] Tshark(params string[] words)
        {
            var tshark = RunningProgram.Start(Network.SwitchNamespace, "tshark", options.LogFolder,
                ["tshark", "-r", file, .. words]);
            if (!tshark.WaitForExit(Patience) || tshark.ExitCode != 0)
                throw new LabException($"tshark: {tshark.Lines().LastOrDefault()}");
            return [.. tshark.Lines().Where(
                line => !line.Contains("Running as user", StringComparison.Ordinal))];
        }

        var malformed = Tshark("-Y", "_ws.malformed").Length;
        var received = Tshark("-Y", "frame.packet_flags_direction == 1", "-T", "fields", "-e",
            "frame.comment", "-e", "frame.interface_name");
        var dropped = received.Count(line => line.Contains(" DROPPED ", StringComparison.Ordinal)
            && line.EndsWith("port8 (client)", StringComparison.Ordinal));
        if (malformed != 0 || received.Length is < 50 or > 100 || dropped < 2)
        {
            throw new LabException($"the saved packets: {malformed} malformed, {received.Length} "
                + $"received, {dropped} of them dropped: {string.Join(" | ", received.Take(5))}");
        }
    }

    private StepReport ReadMetrics()
    {
        using var socket = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options),
            "ro.sock"));
        var text = socket.Must("GET", "metrics");
        foreach (var name in MetricNames)
        {
            if (!text.Contains($"\npacketswitch_{name}", StringComparison.Ordinal))
                throw new LabException($"no packetswitch_{name}");
        }
        string[] wanted =
        [
            "packetswitch_drops_total{reason=\"dam-off\"} ",
                "packetswitch_port_packets_total{port=\"8\",direction=\"in\"} ",
            "packetswitch_real_state{real=\"3\",name=\"web3\",state=\"up\"} ",
                "packetswitch_virt_up{virt=\"1\",name=\"web\",port=\"80\"} 1",
            "packetswitch_real_transitions_total{real=\"3\",name=\"web3\"} 3",
        ];
        foreach (var line in wanted)
        {
            if (!text.Contains(line, StringComparison.Ordinal))
                throw new LabException($"no line {line}");
        }
        var series = text.Split('\n').Count(
            line => line.StartsWith("packetswitch_", StringComparison.Ordinal));
        return new StepReport($"{MetricNames.Length} names, {series} series");
    }

    private StepReport LookAtTop()
    {
        using var traffic = new Traffic(options);
        var wide = Task.Run(() => Top(100, 30));
        var narrow = Top(80, 24);
        return new StepReport(
            "no line is wrapped", [.. wide.GetAwaiter().GetResult(), "", .. narrow]);
    }

    // What a terminal of this size shows of it after some seconds, and of the page that explains;
    // with its colours in the logs' folder.
    private string[] Top(int width, int height)
    {
        using var top = new Terminal(options, $"top{width}", width, height, "top");
        var size = $"top at {width}x{height}";
        var screen = top.Await(
            shown => Whole(shown, height)
                && !shown[0].Contains(" in 0 pps", StringComparison.Ordinal)
                && shown[1].Count(letter => letter is > '\u2580' and < '\u2589') >= 12
                && shown.Count(line => line.Contains("web", StringComparison.Ordinal)) >= 4, size);
        File.WriteAllLines(Path.Combine(options.LogFolder, $"top{width}.ansi"), top.Colours());
        // The line below the first service: a real server of it.
        top.Press("Down", "Down");
        top.Await(shown => shown.Any(line => line.StartsWith('>')
            && line.Contains("web1", StringComparison.Ordinal)), $"{size}, web1 chosen");
        top.Press("e");
        var explained = top.Await(
            shown => Whole(shown, height) && shown.Any(line => line.StartsWith(
                " FORWARDED to real", StringComparison.Ordinal)) && shown.Any(
                line => line.StartsWith("  output ", StringComparison.Ordinal)),
            $"{size}, explained");
        top.Press("o");
        var observed = top.Await(shown => Whole(shown, height) && Observes(shown, width),
            $"{size}, observed");
        top.Press("Escape");
        top.Await(shown => Whole(shown, height) && shown.Any(line => line.StartsWith(
            " FORWARDED to real", StringComparison.Ordinal)), $"{size}, back at the explanation");
        top.Press("o");
        top.Await(shown => Observes(shown, width), $"{size}, observed again");
        top.Press("o", "r");
        top.Await(shown => Whole(shown, height) && !Observes(shown, width) && shown.Any(
            line => line.StartsWith(" VIRT 1", StringComparison.Ordinal)), $"{size}, left");
        top.Press("q");
        return [.. screen, "", .. explained, "", .. observed];
    }

    // Frames in both directions, and dropped ones, each in a line; a screen full of them.
    private static bool Observes(string[] screen, int width)
    {
        string[] Of(string verdict) => [.. screen.Where(line => Regex.IsMatch(line,
            $@"^ \d\d:\d\d:\d\d(\.\d\d\d)? +\S+ +{verdict} "))];
        return screen.Any(line => line.StartsWith(" OBSERVED ", StringComparison.Ordinal))
            && screen.All(line => line.Length <= width) && Of("fwd").Length >= 8
            && Of("(fwd|punt|own|DROP)").Length >= screen.Length - 12
            && Of("fwd").Any(line => line.Contains(" 8>1 ", StringComparison.Ordinal))
            && Of("fwd").Any(line => line.Contains(" 1>8 ", StringComparison.Ordinal));
    }

    private static bool Whole(string[] screen, int height) =>
        screen.Length == height && screen[0].StartsWith(" lab-sw1", StringComparison.Ordinal)
            && screen[height - 1].Contains("[q]uit", StringComparison.Ordinal);

    // Arrows, home, history, Ctrl-C, Ctrl-D: what a person does without thinking.
    private StepReport TypeInShell()
    {
        using var shell = new Terminal(options, "shell", 100, 30, "shell");
        bool Shows(string[] screen, string line) => screen.Any(
            shown => shown.TrimEnd() == line);
        shell.Await(screen => Shows(screen, "lab-sw1 Main#"), "the shell's prompt");
        shell.Type("/c/slb/real 2/weight 3");
        shell.Press("Enter");
        shell.Await(screen => Shows(screen, "lab-sw1 Real server 2*#"), "a change is pending");
        shell.Type("ight 7");
        shell.Press("Home");
        shell.Type("we");
        shell.Press("Enter");
        shell.Type("diff");
        shell.Press("Enter");
        shell.Await(screen => Shows(screen, "+     weight 7"), "a line written backwards");
        shell.Press("Up", "Up", "BSpace");
        shell.Type("9");
        shell.Press("Enter", "Up", "Up", "Enter");
        shell.Await(screen => Shows(screen, "+     weight 9"), "lines from the history");
        shell.Type("apply");
        shell.Press("C-c");
        shell.Type("/");
        shell.Press("Enter");
        shell.Await(screen => screen.Any(line => line.EndsWith("apply^C", StringComparison.Ordinal))
            && Shows(screen, "lab-sw1 Main*#"), "a line is given up");
        shell.Type("revert");
        shell.Press("Enter");
        var last = shell.Await(screen => Shows(screen, "lab-sw1 Main#"), "nothing is pending");
        shell.Press("C-d");
        return new StepReport("arrows, history, Ctrl-C", [.. last.Where(line => line.Length > 0)]);
    }

    private static void Must(RunningProgram shoot, string word, Func<double, bool> holds)
    {
        if (!holds(shoot.Figure(word)))
            throw new LabException($"the page: {string.Join(", ", shoot.Lines())}");
    }
}
