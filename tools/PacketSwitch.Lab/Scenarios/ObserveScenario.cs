// What the switch says of each frame, with real traffic: a live annotated capture that an
// unmodified tshark reads and whose contents are counted apart, and watchers that are slower than
// the traffic, which costs them frames and the traffic nothing. Run by Program (`./run-lab.sh
// observe`).
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed partial class ObserveScenario(LabOptions options)
{
    private const int RequestsEach = 20, Transfers = 12, Rate = 150, Strays = 3;
    private const int Interrupted = 130;
    private const string NewSession = ", new session: virt 1 (web) > group 1, leastconns";
    private const string Web = "127.0.0.1:8080", Service = Network.Vip + ":80";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientPrograms _clients = new(options);
    private readonly PeerPrograms _peers = new(options);
    private SwitchProgram? _switch;
    private ControlSocket? _reader;

    public static int Run(LabOptions options) => new ObserveScenario(options).Run();

    private int Run()
    {
        PeerPrograms.MustBeInstalled("tshark", "capinfos");
        Picture.Print("metric leastconns; somebody looks on");
        var printer = new StepPrinter(steps: 4);
        if (!printer.Step("namespaces, servers, the switch with --web", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("a live capture, read by tshark", Capture)
            & printer.Step("slow watchers under load", WatchUnderLoad)
            & printer.Step("the last frames, and why one was dropped", LookBack);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        _switch = SwitchProgram.Start(options, "leastconns.cfg", "--web", Web);
        _switch.AwaitLine(Patience, 0, "the dashboard is at");
        foreach (var server in Network.Servers) _switch.AwaitLine(Patience, 0, $"{server.Name} UP");
        _reader = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options), "ro.sock"));
        return new StepReport("ports 8 and 1");
    }

    private StepReport Capture()
    {
        var file = Path.Combine(options.LogFolder, "live.pcapng");
        var before = Network.Servers.Select((_, real) => Total(real + 1)).ToArray();
        var capture = Watch(
            "capture", "-w", file, "--ip", Network.Vip, "--port", "80", "--rate", "100000");
        AwaitBegin(file);
        _clients.GetAll(Service, RequestsEach);
        var requests = RequestsEach * Network.Clients.Length;
        // The SYNs and their copies are in the file; the last FIN when it does not grow any more.
        Await(
            () => Count(file, NewSession) >= 2 * requests, "the capture lacks connections", 300);
        var size = -1L;
        Await(
            () => size == (size = new FileInfo(file).Length), "the capture does not rest", 300);
        var figures = End(capture);
        var rows = Fields(
            file, "frame.packet_id", "frame.packet_flags_direction", "frame.interface_name",
            "frame.comment");
        Must(Tshark(file, "-Y", "_ws.malformed").Length == 0, "tshark calls frames malformed");
        Must(figures is { In: > 0, NotObserved: 0 }, $"{figures}");
        Must(rows.Length == figures.In + figures.Out, $"tshark reads {rows.Length} of {figures}");
        Must(rows.Count(row => row[3].Length > 0) == figures.Comments, $"comments: {figures}");
        var pairs = rows.Where(row => row[0].Length > 0).GroupBy(row => row[0]).ToArray();
        foreach (var pair in pairs)
        {
            Must(pair.Count(IsInbound) == 1, $"packet id {pair.Key} is not of one frame");
            Must(
                pair.Select(row => row[3]).Distinct().Count() == 1,
                $"packet id {pair.Key} has two comments");
        }
        Must(pairs.Sum(pair => pair.Count() - 1) == figures.Copies, $"pairs: {figures}");
        MustNameServers(rows, before, requests);
        Must(
            Tshark(file, "-N", "n", "-T", "fields", "-e", "ip.dst_host").Contains("web"),
            "no name of the VIP");
        var info = _peers.Run(Network.SwitchNamespace, "capinfos", file);
        Must(
            info.ExitCode == 0 && info.Lines().Any(line => Has(line, "sha256:")),
            "capinfos finds no configuration");
        return new StepReport(
            $"{requests} requests, {figures.In} frames in, {figures.Out} out, 0 malformed",
            $"{figures.Comments} comments, {figures.Copies} copies joined by packet id; "
                + "new sessions by server are those the switch counts");
    }

    // Each connection's first SYN says to whom it went; the switch's own statistics say the same.
    // (A health check is a connection of the switch's own, to the server, and not to the VIP.)
    private void MustNameServers(string[][] rows, long[] before, int requests)
    {
        var opened = rows.Where(row => IsInbound(row) && Has(
            row[3], NewSession)).ToArray();
        Must(opened.Length == requests, $"{opened.Length} new sessions of {requests}");
        for (var real = 1; real <= Network.Servers.Length; real++)
        {
            var named = opened.Count(row => Has(row[3], $"FORWARDED to real {real} (web{real})"));
            var counted = Total(real) - before[real - 1];
            Must(
                named == counted,
                $"the capture names web{real} {named} times, the switch counts {counted}");
        }
    }

    private StepReport WatchUnderLoad()
    {
        var file = Path.Combine(options.LogFolder, "slow.pcapng");
        var capture = Watch("capture", "-w", file, "--rate", "50", "--snaplen", "65600");
        var observe = Watch("observe", "--rate", "20", "--not", "verdict=dropped");
        var drops = Watch("observe", "--verdict", "dropped");
        AwaitBegin(file);
        var traffic = Load();
        var figures = End(capture);
        Must(figures.NotObserved > figures.In, $"the slow capture has seen all: {figures}");
        Must(Tshark(file, "-Y", "_ws.malformed").Length == 0, "tshark calls frames malformed");
        observe.Terminate();
        drops.Terminate();
        Must(
            observe.WaitForExit(Patience) && drops.WaitForExit(Patience),
            "a watcher does not end");
        Must(Has(observe.Lines()[^1], " a second of each loop"), observe.Lines()[^1]);
        var seen = drops.Lines().Count(line => Has(line, "DROPPED dam-off  real 1 (web1)"));
        Must(seen >= Strays, $"{seen} of {Strays} drops seen among the load");
        return traffic with
        {
            Details =
            [
                $"capture: {figures.In} frames in, {figures.NotObserved} not observed; "
                    + $"the {seen} drops were seen all the same",
            ],
        };
    }

    // Requests, transfers whose bytes are checked, and a few who ask a server itself.
    private StepReport Load()
    {
        var load = Start("cli1", "load", Service, "--rate", $"{Rate}", "--seconds", "5");
        var fetch = Start(
            "cli2", "fetch", Service, "--connections", $"{Transfers}", "--bytes", $"{8 << 20}",
            "--seconds", "5");
        var strays = _peers.StartOwn(
            "cli3", "get", "192.0.2.5:80", "--count", $"{Strays}", "--timeout", "1500");
        foreach (var program in new[] { load, fetch, strays })
            Must(program.WaitForExit(2 * Patience), $"{program.Name} did not end");
        int asked = (int)load.Figure("asked"), failed = (int)load.Figure("failed");
        var right = (int)fetch.Figure("right");
        Must(asked > 0 && failed == 0, $"{failed} of {asked} failed: {Last(load)}");
        Must(right == Transfers, $"{right} of {Transfers} transfers right: {Last(fetch)}");
        return new StepReport(
            $"{asked} requests, 0 failed; {right} of {Transfers} transfers right");
    }

    private StepReport LookBack()
    {
        var last = _peers.Run(Network.SwitchNamespace, Packetswitch(
            "observe", "--last", "20", "--reason", "dam-off", "-o", "dict"));
        Must(last.ExitCode == 0, Last(last));
        var why = last.Lines().FirstOrDefault(
            line => line.StartsWith("why:", StringComparison.Ordinal)) ?? Last(last);
        Must(Has(why, "DROPPED dam-off: real 1 (web1) serves a virtual server on this port"), why);
        return new StepReport("", why);
    }

    private static bool Has(string line, string text)
        => line.Contains(text, StringComparison.Ordinal);

    private static string Last(RunningProgram program)
        => string.Join("; ", program.Lines().TakeLast(3));

    // A comment is plain text in a capture.
    private static int Count(string file, string text)
        => Regex.Count(File.ReadAllText(file, Encoding.Latin1), Regex.Escape(text));

    private static void AwaitBegin(string file) => Await(
        () => new FileInfo(file) is { Exists: true, Length: > 0 }, "the capture does not begin");

    private static bool IsInbound(string[] row) => row[1].EndsWith('1');

    private RunningProgram Watch(params string[] words) => RunningProgram.Start(
        Network.SwitchNamespace, words[0], options.LogFolder, Packetswitch(words));

    private string[] Packetswitch(params string[] words) =>
    [
        Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "packetswitch.dll"),
        .. words, "--socket", SwitchProgram.SocketFolder(options),
    ];

    private static Figures End(RunningProgram capture)
    {
        capture.Terminate();
        Must(capture.WaitForExit(Patience), "the capture does not end");
        Must(capture.ExitCode == Interrupted, $"exit {capture.ExitCode}: {Last(capture)}");
        var match = FiguresLine().Match(capture.Lines()[^1]);
        Must(match.Success, $"the capture says: {capture.Lines()[^1]}");
        long Number(int group)
            => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        return new Figures(Number(1), Number(2), Number(3), Number(4), Number(5));
    }

    private string[][] Fields(string file, params string[] names)
    {
        string[] words = ["-T", "fields", .. names.SelectMany(name => new[] { "-e", name })];
        return [.. Tshark(file, words).Select(line => line.Split('\t'))];
    }

    private string[] Tshark(string file, params string[] words)
    {
        var tshark = RunningProgram.Start(
            Network.SwitchNamespace, "tshark", options.LogFolder, ["tshark", "-r", file, .. words]);
        Must(tshark.WaitForExit(Patience) && tshark.ExitCode == 0, $"tshark: {Last(tshark)}");
        return [.. tshark.Lines().Where(line => !Has(line, "Running as user"))];
    }

    private RunningProgram Start(string host, params string[] words)
    {
        var program = RunningProgram.StartOwn(host, host, options.LogFolder, words);
        Must(program.WaitForLine("ready", Patience), $"{words[0]} on {host}: {Last(program)}");
        return program;
    }

    private long Total(int real)
    {
        var stats = JsonNode.Parse(_reader!.Must("GET", $"v1/stats?kind=real&id={real}"))!;
        return (long)stats["reals"]![0]!["total"]!;
    }

    private static void Await(Func<bool> holds, string otherwise, int everyMs = 20)
    {
        for (var left = Patience.TotalMilliseconds; left > 0; left -= everyMs)
        {
            if (holds()) return;
            Thread.Sleep(everyMs);
        }
        throw new LabException(otherwise);
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds) throw new LabException(otherwise);
    }

    private sealed record Figures(long In, long Out, long Copies, long Comments, long NotObserved);

    [GeneratedRegex(@": (\d+) frames in, (\d+) out, (\d+) of them copies joined by packet id, "
        + @"(\d+) comments; (\d+) not observed$")]
    private static partial Regex FiguresLine();
}
