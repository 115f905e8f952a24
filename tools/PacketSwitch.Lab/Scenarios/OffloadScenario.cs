// Long connections that the kernel carries: bulk both ways, a watcher who wants to see every frame,
// a server that vanishes, one that is cut off, and the same with the offload off. Every byte of a
// transfer is checked at its end. Run by Program (`./run-lab.sh offload`).
using System.Globalization;
using System.Text.Json.Nodes;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class OffloadScenario(LabOptions options)
{
    private const int BulkBytes = 200 << 20, FetchBytesASecond = 3 << 20, Fetches = 6;
    private const int NotPermitted = 5;
    private const double MostResent = 0.01;
    private const string Service = Network.Vip + ":80", Config = "offload.cfg";
    private const string NotCarried = "the kernel carries no long connections";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientPrograms _clients = new(options);
    private SwitchProgram? _switch;
    private ControlSocket? _admin;

    public static int Run(LabOptions options) => new OffloadScenario(options).Run();

    private int Run()
    {
        Picture.Print("long connections carried by the kernel");
        var printer = new StepPrinter(steps: 6);
        if (!printer.Step("namespaces, servers, the switch", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        if (_switch!.FindLine(NotCarried) is { } why)
        {
            _switch.Stop();
            Console.Error.WriteLine(why);
            return NotPermitted;
        }
        var held = printer.Step("200 MB each way", Bulk)
            & printer.Step("somebody watches meanwhile", Watched)
            & printer.Step("a server vanishes", Vanish)
            & printer.Step("a server is cut off", Cut)
            & printer.Step("sys / offload dis", TurnOff);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        Start(Config);
        return new StepReport("ports 8 and 1, the servers are up");
    }

    private void Start(string config)
    {
        _switch = SwitchProgram.Start(options, config);
        foreach (var server in Network.Servers) _switch.AwaitLine(Patience, 0, $"{server.Name} UP");
        _admin = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options), "admin.sock"));
    }

    private StepReport Bulk()
    {
        var (sentBefore, resentBefore) = Segments();
        var (down, up) = Transfer(BulkBytes);
        var (sent, resent) = Segments();
        var share = (double)(resent - resentBefore) / (sent - sentBefore);
        var maint = Rested();
        var carried = (long)maint["frames_offloaded"]!;
        Must(carried > 0, "the kernel has carried nothing");
        var again = $"{resent - resentBefore} of {sent - sentBefore} segments sent again";
        Must(share <= MostResent, again);
        return new StepReport(
            string.Create(CultureInfo.InvariantCulture, $"down {down:F0}, up {up:F0} Mbit/s"),
            $"{carried} of {maint["received"]} frames carried; {again}; every frame accounted for");
    }

    // Who watches sees all: then nothing is carried, and the transfers go on.
    private StepReport Watched()
    {
        var fetch = Fetch(seconds: 20);
        AwaitCarried();
        var file = Path.Combine(options.LogFolder, "offload.pcapng");
        string[][] watches =
        [
            ["capture", "-w", file, "--ip", Network.Vip, "--rate", "100000"],
            ["observe", "--rate", "20"],
        ];
        var program = Path.Combine(AppContext.BaseDirectory, "packetswitch.dll");
        foreach (var words in watches)
        {
            var watch = RunningProgram.Start(
                Network.SwitchNamespace, words[0], options.LogFolder,
                [Environment.ProcessPath!, program, .. words, "--socket",
                 SwitchProgram.SocketFolder(options)]);
            // It looks only when its program has started, however long that takes.
            Await(
                () => words[0] == "capture"
                    ? File.Exists(file) && new FileInfo(file).Length > 100_000
                    : watch.Lines().Length > 5,
                $"{words[0]} sees nothing");
            AwaitStill(words[0]);
            watch.Terminate();
            Must(watch.WaitForExit(Patience), $"{words[0]} does not end");
            AwaitCarried();
        }
        AwaitEnd(fetch, right: Fetches);
        return new StepReport($"{Fetches} of {Fetches} transfers right, none carried meanwhile");
    }

    private StepReport Vanish()
    {
        var since = _switch!.LineCount;
        var fetch = Fetch(seconds: 12);
        AwaitCarried();
        Tool.Ip($"link set {Network.HostInterface} down", "web2");
        var line = _switch.AwaitLine(Patience, since, "real 2 web2 FAILED");
        AwaitEnd(fetch, right: Fetches - (Fetches / Network.Servers.Length));
        _clients.GetAll(Service, 5);
        Tool.Ip($"link set {Network.HostInterface} up", "web2");
        _switch.AwaitLine(Patience, since, "real 2 web2 UP");
        return new StepReport("its 2 transfers end, 4 are right; 15 requests at the others", line);
    }

    private StepReport Cut()
    {
        var fetch = Fetch(seconds: 12);
        AwaitCarried();
        Must(Real(1, "current") > 0, "no session at web1");
        _admin!.Must("POST", "v1/oper?real=web1&order=now");
        Thread.Sleep(500);
        var before = Real(1, "packets_out");
        var other = Real(3, "packets_out");
        Thread.Sleep(1_000);
        var after = Real(1, "packets_out");
        Must(after == before, $"web1's connections go on: {after - before} frames");
        Must(Real(3, "packets_out") > other, "web3's connections do not go on");
        fetch.Terminate();
        Must(fetch.WaitForExit(Patience), "fetch does not end");
        _admin.Must("POST", "v1/oper?real=web1&order=ena");
        return new StepReport("half a second later web1 sends nothing more, web3 does");
    }

    // While transfers go on, and from the start.
    private StepReport TurnOff()
    {
        var fetch = Fetch(seconds: 12);
        AwaitCarried();
        _admin!.Must("PATCH", "v1/config", "/c/sys/offload dis");
        _admin.Must("POST", "v1/apply");
        AwaitStill("nobody");
        AwaitEnd(fetch, right: Fetches);
        _switch!.Stop();
        var off = Path.Combine(options.LogFolder, "offload-off.cfg");
        var on = Path.Combine(AppContext.BaseDirectory, "configs", Config);
        File.WriteAllText(off, File.ReadAllText(on) + "sys / offload dis\n");
        Start(off);
        var (down, up) = Transfer(BulkBytes / 10);
        var maint = Rested();
        Must((long)maint["frames_offloaded"]! == 0, $"carried: {maint["frames_offloaded"]}");
        return new StepReport(string.Create(
            CultureInfo.InvariantCulture, $"down {down:F0}, up {up:F0} Mbit/s, none carried"));
    }

    private (double Down, double Up) Transfer(int bytes)
    {
        var transfer = RunningProgram.StartOwn(
            "cli1", "cli1", options.LogFolder, "transfer", Service, "--bytes", $"{bytes}",
            "--timeout", "60000");
        Must(transfer.WaitForExit(3 * Patience), "the transfer does not end");
        Must(transfer.ExitCode == 0, Last(transfer));
        return (transfer.Figure("down-mbit"), transfer.Figure("up-mbit"));
    }

    private RunningProgram Fetch(int seconds)
    {
        var fetch = RunningProgram.StartOwn(
            "cli2", "cli2", options.LogFolder, "fetch", Service, "--connections", $"{Fetches}",
            "--bytes", $"{seconds * FetchBytesASecond}", "--seconds", $"{seconds}");
        Must(fetch.WaitForLine("ready", Patience), Last(fetch));
        return fetch;
    }

    private static void AwaitEnd(RunningProgram fetch, int right)
    {
        Must(fetch.WaitForExit(3 * Patience), "the transfers do not end");
        Must((int)fetch.Figure("right") == right, $"{right} of {Fetches} expected: {Last(fetch)}");
    }

    private void AwaitCarried()
    {
        var before = Carried();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            Thread.Sleep(50);
            if (Carried() > before + 50) return;
        }
        throw new LabException("the kernel carries nothing");
    }

    private static void Await(Func<bool> condition, string what) =>
        Must(SpinWait.SpinUntil(condition, Patience), what);

    private void AwaitStill(string watch)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            Thread.Sleep(500);
            var before = Maint();
            Thread.Sleep(500);
            var after = Maint();
            Must((long)after["received"]! > (long)before["received"]!, "nothing is received");
            if ((long)after["frames_offloaded"]! == (long)before["frames_offloaded"]!) return;
        }
        throw new LabException($"the kernel still carries while {watch} looks");
    }

    // Nothing comes any more, so every frame has been counted wherever it went.
    private JsonNode Rested()
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            Thread.Sleep(200);
            var maint = Maint();
            var went = (long)maint["transmitted"]! + (long)maint["punted"]!
                + (long)maint["dropped"]! + (long)maint["held"]!;
            if ((long)maint["received"]! == went) return maint;
        }
        throw new LabException($"received is not transmitted + punted + dropped + held: {Maint()}");
    }

    private long Carried() => (long)Maint()["frames_offloaded"]!;

    private JsonNode Maint() =>
        JsonNode.Parse(_admin!.Must("GET", "v1/stats?kind=maint"))!["maint"]!;

    private long Real(int real, string counter) => (long)JsonNode.Parse(
        _admin!.Must("GET", $"v1/stats?kind=real&id={real}"))!["reals"]![0]![counter]!;

    // TCP segments that all hosts have sent, and those of them sent again.
    private static (long Sent, long Resent) Segments()
    {
        long sent = 0, resent = 0;
        foreach (var host in Network.Hosts)
        {
            NetworkNamespace.Run(host.Name, () =>
            {
                var tcp = Kernel.TcpCounters();
                sent += tcp["OutSegs"];
                resent += tcp["RetransSegs"];
            });
        }
        return (sent, resent);
    }

    private static string Last(RunningProgram program) =>
        string.Join("; ", program.Lines().TakeLast(3));

    private static void Must(bool holds, string otherwise)
    {
        if (!holds) throw new LabException(otherwise);
    }
}
