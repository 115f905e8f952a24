// Real servers that are killed, vanish and come back under load: nginx on the servers, 200 requests a second from a client, connections that live on
// meanwhile. What a person may rely on is measured: when the last request fails, who keeps a connection, who is told. The switch is preferred to
// the other programs, as by a service unit. Run by Program (`./run-lab.sh failover`).
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PacketSwitch.Lab.Programs;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class FailoverScenario(LabOptions options)
{
    private const int Rate = 200, MostChecked = 1000;
    private const string Web = Network.Vip + ":80", One = Network.Vip + ":81", Echo = Network.Vip + ":7";
    private const string Folder = "/run/packetswitch-failover", Outside = "outside";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PeerPrograms _peers = new(options);
    private SwitchProgram? _switch;

    private static Host Web3 => Network.Servers[2];

    public static int Run(LabOptions options) => new FailoverScenario(options).Run();

    private int Run()
    {
        PeerPrograms.MustBeInstalled("nginx", "curl");
        Picture.Print("metric roundrobin, health tcp (inter 1, retry 2)");
        var printer = new StepPrinter(steps: 10);
        if (!printer.Step("namespaces, nginx, all servers up", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("the host's own traffic, if and gw", LookAtTheHost)
            & printer.Step("web3 is killed under 200 requests/s", KillUnderLoad)
            & printer.Step("web3 comes back, slowly", ComeBack)
            & printer.Step("web2 vanishes, connections are told", Vanish)
            & printer.Step("the backup group takes over", TakeOver)
            & printer.Step("all servers down", AllDown)
            & printer.Step("passive ena: killed under load", KillWatched)
            & printer.Step("DSR servers are asked at the VIP", AskAtVip)
            & printer.Step($"{MostChecked} servers, inter 1", CheckMany);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        Directory.CreateDirectory(Folder);
        // A network of the host that is none of the switch's business.
        Tool.Ip($"""
            netns add {Outside}
            link add mgmt netns {Network.SwitchNamespace} type veth peer name eth0 netns {Outside}
            """);
        Tool.Ip("""
            link set lo up
            link set eth0 up
            address add 203.0.113.1/24 dev eth0
            address add 198.51.100.1/32 dev lo
            """, Outside);
        Tool.Ip("""
            link set mgmt up
            address add 203.0.113.2/24 dev mgmt
            route add default via 203.0.113.1
            """, Network.SwitchNamespace);
        _peers.StartNginx();
        _peers.StartEcho();
        _switch = SwitchProgram.Start(options, "failover.cfg");
        Priority.TryPrefer(_switch.ProcessId);
        AwaitAll();
        return new StepReport("web1 web2 web3");
    }

    // The switch has a gateway and an address; a route to another network of the host works as before, and the switch's address is there.
    private StepReport LookAtTheHost()
    {
        foreach (var address in new[] { "203.0.113.1", "198.51.100.1" }) MustPing(Network.SwitchNamespace, address);
        MustPing("cli1", Network.SwitchAddress);
        MustPing("cli1", Network.Vip);
        var ssh = _peers.StartOwn(Network.SwitchNamespace, "echo", "22");
        if (!ssh.WaitForLine("listening", Patience)) throw new LabException("port 22 of the host cannot be opened");
        var login = _peers.StartOwn("cli1", "pulse", Network.SwitchAddress + ":22", "--connections", "1", "--seconds", "1");
        _peers.AwaitOwn(login, 60);
        if (login.Figure("alive") != 1) throw new LabException($"{Network.SwitchAddress}:22: {login.Lines().LastOrDefault()}");
        return new StepReport("203.0.113.1 and 198.51.100.1 answer the host; 192.0.2.4 and its port 22 answer the client");
    }

    private StepReport KillUnderLoad()
    {
        var since = _switch!.LineCount;
        var pulse = _peers.StartOwn("cli2", "pulse", Echo, "--connections", "6", "--seconds", "8");
        MustBeReady(pulse);
        var (failures, answered, killedMs) = KillWhileAsking(seconds: 8);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        _peers.AwaitOwn(pulse, 60);
        Judge(failures, killedMs, mostMs: 2500);
        // Only nginx has ended; but its server is out of service, and its connections with it.
        var alive = (int)pulse.Figure("alive");
        var told = pulse.Lines().Count(text => text.EndsWith("ConnectionReset", StringComparison.Ordinal));
        if (alive != 4 || told != 2)
            throw new LabException($"of 6 connections 4 should live and 2 be reset: {string.Join("; ", pulse.Lines())}");
        return new StepReport(Summary(failures, answered, killedMs), line, "6 connections: 4 untouched, 2 of web3 got a RST");
    }

    private StepReport ComeBack()
    {
        var since = _switch!.LineCount;
        _peers.StartNginxAgain(Web3);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 UP");
        var steady = _peers.StartOwn("cli1", "steady", Web, "--rate", "100", "--seconds", "10");
        _peers.AwaitOwn(steady, 60);
        var shares = Enumerable.Range(0, 10).Select(second => (int)steady.Figure($"second-{second}-web3")).ToArray();
        var text = string.Join(" ", shares);
        if (steady.Figure("answered") != 1000) throw new LabException($"{steady.Figure("answered")} of 1000 answered");
        if (shares[0] + shares[1] >= (shares[8] + shares[9]) * 0.7 || shares[9] < 20)
            throw new LabException($"no slow start: requests of web3 in each second: {text}");
        return new StepReport($"1000 requests, 0 failed; of web3 each second: {text}", line);
    }

    // Nothing answers for it any more: no RST, no ARP.
    private StepReport Vanish()
    {
        var since = _switch!.LineCount;
        var pulse = _peers.StartOwn("cli1", "pulse", Echo, "--connections", "6", "--seconds", "9");
        MustBeReady(pulse);
        Tool.Ip($"link set {Network.HostInterface} down", "web2");
        var line = _switch.AwaitLine(Patience, since, "real 2 web2 FAILED");
        _peers.AwaitOwn(pulse, 60);
        Tool.Ip($"link set {Network.HostInterface} up", "web2");
        var alive = (int)pulse.Figure("alive");
        var told = pulse.Lines().Count(text => text.EndsWith("ConnectionReset", StringComparison.Ordinal));
        if (alive != 4 || told != 2)
            throw new LabException($"of 6 connections 4 should live and 2 be reset: {string.Join("; ", pulse.Lines())}");
        _switch.AwaitLine(Patience, since, "real 2 web2 UP");
        return new StepReport("6 connections: 4 untouched, 2 of web2 got a RST", line);
    }

    private StepReport TakeOver()
    {
        var before = _peers.Get("cli1", $"http://{One}", 10);
        var since = _switch!.LineCount;
        _peers.KillNginx(Network.Servers[0]);
        _switch.AwaitLine(Patience, since, "real 1 web1 FAILED");
        var names = _peers.Run("cli1", "curl", "-sS", "-f", "--max-time", "20", $"http://{One}/name?[1-10]").Lines();
        if (names.Count(name => name == "web2") != 10)
            throw new LabException($"web2 should answer for web1: {string.Join(" ", names)}");
        return new StepReport($"{before} requests at web1; it is killed; 10 of 10 at web2");
    }

    private StepReport AllDown()
    {
        var since = _switch!.LineCount;
        _peers.KillNginx(Network.Servers[1]);
        _peers.KillNginx(Web3);
        _switch.AwaitLine(Patience, since, "group 1 has no real server in service");
        Tool.Ip($"neigh flush dev {Network.HostInterface}", "cli1");
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 10; i++)
        {
            var curl = _peers.Run("cli1", "curl", "-sS", "--max-time", "5", "-w", "took %{time_total}\n", $"http://{Web}/name");
            var took = TimeSpan.FromSeconds(curl.Figure("took"));
            slowest = took > slowest ? took : slowest;
            const int CouldNotConnect = 7;
            if (curl.ExitCode != CouldNotConnect || took > TimeSpan.FromSeconds(0.9))
                throw new LabException($"request {i}: curl exit {curl.ExitCode} after {took.TotalSeconds:F2} s");
        }
        var ping = _peers.StartOwn("cli1", "ping", Network.Vip, "--count", "1");
        _peers.AwaitOwn(ping, 30);
        if (ping.Figure("answered") != 0) throw new LabException("the VIP still answers pings");
        foreach (var server in Network.Servers) _peers.StartNginxAgain(server);
        return new StepReport(string.Create(CultureInfo.InvariantCulture,
            $"10 of 10 refused, the slowest after {slowest.TotalMilliseconds:F0} ms; ARP is answered, ping is not"));
    }

    private StepReport KillWatched()
    {
        Restart(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configs", "failover.cfg"))
            .Replace("inter 1 / retry 2", "inter 5 / retry 4", StringComparison.Ordinal)
            .Replace("name webfarm", "name webfarm / passive ena", StringComparison.Ordinal));
        AwaitAll();
        var since = _switch!.LineCount;
        var (failures, answered, killedMs) = KillWhileAsking(seconds: 5);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        Judge(failures, killedMs, mostMs: 300);
        return new StepReport(Summary(failures, answered, killedMs), line);
    }

    // A server without the VIP would be well at its own address, and serve nobody. The switch before is killed: its rules are still there.
    private StepReport AskAtVip()
    {
        foreach (var server in Network.Servers)
        {
            NetworkNamespace.Run(server.Name, () =>
            {
                Kernel.Set("net/ipv4/conf/all/arp_ignore", 1);
                Kernel.Set("net/ipv4/conf/all/arp_announce", 2);
            });
            if (server != Web3) Tool.Ip($"address add {Network.Vip}/32 dev lo", server.Name);
        }
        _peers.StartNginxAgain(Web3);
        _switch!.Kill();
        Start(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configs", "failover.cfg"))
            .Replace("virt 1/service 80 http", "virt 1/service 80 http / nonat ena", StringComparison.Ordinal)
            .Replace("virt 1/service 81 / group 2 / rport 80\n", "", StringComparison.Ordinal));
        _switch.AwaitLine(Patience, 0, "web1 UP: tcp");
        _switch.AwaitLine(Patience, 0, "web2 UP: tcp");
        var line = _switch.AwaitLine(Patience, 0, "real 3 web3 FAILED: tcp 192.0.2.7:80 by 192.0.2.2 L4TOUT");
        var since = _switch.LineCount;
        Tool.Ip($"address add {Network.Vip}/32 dev lo", Web3.Name);
        _switch.AwaitLine(Patience, since, "real 3 web3 UP");
        var answers = _peers.Get("cli1", $"http://{Web}", 30, leastServers: 3);
        var rules = _peers.Run(Network.SwitchNamespace, "ip", "rule").Lines()
            .Count(rule => rule.Contains($"from {Network.SwitchAddress} ", StringComparison.Ordinal));
        if (rules != 1) throw new LabException($"{rules} rules for {Network.SwitchAddress} after a kill and a start");
        return new StepReport($"web3 gets the VIP and is in service; 30 requests: {answers}", line);
    }

    // All at addresses of the switch's own host, so that nothing but the checking is measured.
    private StepReport CheckMany()
    {
        Tool.Ip("route add local 10.9.0.0/16 dev lo", Network.SwitchNamespace);
        var server = _peers.StartOwn(Network.SwitchNamespace, "echo", "80");
        if (!server.WaitForLine("listening", Patience)) throw new LabException("the server does not listen");
        var reals = Enumerable.Range(1, MostChecked)
            .Select(i => $"real {i} / rip 10.9.{i / 250}.{1 + (i % 250)} / inter 1 / ena");
        Restart($"""
            port 8 / intf port8 / client ena
            port 1 / intf port1 / server ena
            {string.Join('\n', reals)}
            {string.Join('\n', Enumerable.Range(1, MostChecked).Select(i => $"group 1 / add {i}"))}
            virt 1 / vip 192.0.2.2 / ena
            virt 1/service 80
            slb on

            """);
        AwaitUp(MostChecked);
        var process = Process.GetProcessById(_switch!.ProcessId);
        var (began, busy) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        Thread.Sleep(TimeSpan.FromSeconds(10));
        process.Refresh();
        var share = (process.TotalProcessorTime - busy) / Stopwatch.GetElapsedTime(began);
        var text = string.Create(CultureInfo.InvariantCulture, $"{share * 100:F0} % of one core, all up");
        return share < 1.0 / 3 ? new StepReport(text) : throw new LabException(text);
    }

    // The log holds back so many lines at once; the control socket says it all.
    private void AwaitUp(int count)
    {
        using var socket = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options), "admin.sock"));
        var patience = Stopwatch.StartNew();
        for (var up = 0; up < count; Thread.Sleep(200))
        {
            using var reals = JsonDocument.Parse(socket.Must("GET", "v1/reals"));
            up = CountUp(reals.RootElement);
            if (up < count && patience.Elapsed > Patience) throw new LabException($"{up} of {count} servers are up");
        }
    }

    private static int CountUp(JsonElement report)
        => report.GetProperty("reals").EnumerateArray().Count(real => real.GetProperty("state").GetString() == "up");

    private void Restart(string configuration)
    {
        _switch!.Stop();
        Start(configuration);
    }

    private void Start(string configuration)
    {
        var file = Path.Combine(Folder, "switch.cfg");
        File.WriteAllText(file, configuration);
        _switch = SwitchProgram.Start(options, file);
        Priority.TryPrefer(_switch.ProcessId);
    }

    private void AwaitAll()
    {
        foreach (var server in Network.Servers) _switch!.AwaitLine(Patience, 0, $"{server.Name} UP");
    }

    private ((double Began, double Ended)[] Failures, int Answered, double KilledMs) KillWhileAsking(int seconds)
    {
        var steady = _peers.StartOwn("cli1", "steady", Web, "--rate", $"{Rate}", "--seconds", $"{seconds}");
        MustBeReady(steady);
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        var killedMs = SteadyProgram.NowMs;
        _peers.KillNginx(Web3);
        _peers.AwaitOwn(steady, 60);
        (double, double)[] failures = [.. steady.Lines().Where(line => line.StartsWith("failed ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .Select(words => (
                double.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture)))];
        return (failures, (int)steady.Figure("answered"), killedMs);
    }

    // What was under way when the server was killed may fail, whenever it began.
    private static void Judge((double Began, double Ended)[] failures, double killedMs, double mostMs)
    {
        if (failures.Any(failure => failure.Ended < killedMs))
            throw new LabException("requests failed before the server was killed");
        var last = LastAfter(failures, killedMs);
        if (last > mostMs)
            throw new LabException($"the last failed request began {last:F0} ms after the kill, not {mostMs:F0}");
    }

    private static double LastAfter((double Began, double Ended)[] failures, double killedMs)
        => failures.Length == 0 ? 0 : Math.Max(0, failures.Max(failure => failure.Began) - killedMs);

    private static string Summary((double Began, double Ended)[] failures, int answered, double killedMs)
        => string.Create(CultureInfo.InvariantCulture,
            $"{answered} answered, {failures.Length} failed, the last one {LastAfter(failures, killedMs):F0} ms after the kill");

    private static void MustBeReady(RunningProgram program)
    {
        if (!program.WaitForLine("ready", Patience))
            throw new LabException($"{program.Name}: {program.Lines().LastOrDefault()}");
    }

    private void MustPing(string host, string address)
    {
        var ping = _peers.StartOwn(host, "ping", address, "--count", "3");
        _peers.AwaitOwn(ping, 30);
        if (ping.Figure("answered") == 0) throw new LabException($"{address} does not answer {host}");
    }
}
