// Real servers that are killed, vanish and come back under load: nginx on the servers, 200 requests a second from a client, connections that live on
// meanwhile. What a person may rely on is measured: when the last request fails, who keeps a connection, who is told. The switch is preferred to
// the other programs, as by a service unit. Run by Program (`./run-lab.sh failover`).
using System.Diagnostics;
using System.Globalization;
using System.Net;
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
        var kill = KillWhileAsking(seconds: 8, beside: pulse);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        _peers.AwaitOwn(pulse, 60);
        kill.Judge(mostMs: 2500);
        // Only nginx has ended; but its server is out of service, and its connections with it.
        var alive = (int)pulse.Figure("alive");
        var told = pulse.Lines().Count(text => text.EndsWith("ConnectionReset", StringComparison.Ordinal));
        if (alive != 4 || told != 2)
            throw new LabException($"of 6 connections 4 should live and 2 be reset: {string.Join("; ", pulse.Lines())}");
        return new StepReport(kill.Summary, line, "6 connections: 4 untouched, 2 of web3 got a RST");
    }

    private StepReport ComeBack()
    {
        const int Seconds = 11, Requests = 100 * Seconds;
        var since = _switch!.LineCount;
        // The client is there before: how long a program takes to start is not measured.
        var steady = _peers.StartOwn("cli1", "steady", Web, "--rate", "100", "--seconds", $"{Seconds}");
        MustBeReady(steady);
        _peers.StartNginxAgain(Web3);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 UP");
        _peers.AwaitOwn(steady, 60);
        int[] shares = [.. Enumerable.Range(0, Seconds)
            .Select(second => (int)steady.Figure($"second-{second}-web3"))
            .SkipWhile(share => share == 0)];
        var text = string.Join(" ", shares);
        if (steady.Figure("answered") != Requests)
            throw new LabException($"{steady.Figure("answered")} of {Requests} answered");
        if (shares.Length < 4 || shares[0] + shares[1] >= (shares[^2] + shares[^1]) * 0.7 || shares[^1] < 20)
            throw new LabException($"no slow start: requests of web3 in each second: {text}");
        return new StepReport($"{Requests} requests, 0 failed; of web3 each second: {text}", line);
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
        var took = new double[10];
        for (var i = 0; i < took.Length; i++)
        {
            Tool.Ip($"neigh flush dev {Network.HostInterface}", "cli1");
            var curl = _peers.Run("cli1", "curl", "-sS", "--max-time", "5", "-w", "took %{time_total}\n", $"http://{Web}/name");
            took[i] = curl.Figure("took");
            const int CouldNotConnect = 7;
            if (curl.ExitCode != CouldNotConnect)
                throw new LabException($"request {i}: curl exit {curl.ExitCode} after {took[i]:F2} s");
        }
        // An ARP request or a SYN without an answer is sent again after a second. A busy machine
        // may be as slow by itself, but not every time.
        if (took.Count(seconds => seconds > 0.9) > 2)
            throw new LabException($"refused, but late: after {string.Join(", ", took)} s");
        var ping = _peers.StartOwn("cli1", "ping", Network.Vip, "--count", "1");
        _peers.AwaitOwn(ping, 30);
        if (ping.Figure("answered") != 0) throw new LabException("the VIP still answers pings");
        foreach (var server in Network.Servers) _peers.StartNginxAgain(server);
        return new StepReport(string.Create(CultureInfo.InvariantCulture,
            $"10 of 10 refused, the slowest after {took.Max() * 1000:F0} ms; ARP is answered, ping is not"));
    }

    private StepReport KillWatched()
    {
        Restart(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configs", "failover.cfg"))
            .Replace("inter 1 / retry 2", "inter 5 / retry 4", StringComparison.Ordinal)
            .Replace("name webfarm", "name webfarm / passive ena", StringComparison.Ordinal));
        AwaitAll();
        var since = _switch!.LineCount;
        var kill = KillWhileAsking(seconds: 5);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        kill.Judge(mostMs: 300);
        return new StepReport(kill.Summary, line);
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
        var echo = _peers.StartOwn(Network.SwitchNamespace, "echo", "80");
        if (!echo.WaitForLine("listening", Patience)) throw new LabException("the server does not listen");
        IPEndPoint[] servers = [.. Enumerable.Range(1, MostChecked)
            .Select(i => IPEndPoint.Parse($"10.9.{i / 250}.{1 + (i % 250)}:80"))];
        var reals = servers
            .Select((server, i) => $"real {i + 1} / rip {server.Address} / inter 1 / ena");
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
        // While the bare loop is measured the switch settles: nothing of its start counts.
        var bare = ConnectionCost.OfBareLoop(
            servers, Network.SwitchNamespace, TimeSpan.FromSeconds(3));
        var (check, count) = ConnectionCost.OfProcess(
            _switch!.ProcessId, Network.SwitchNamespace, TimeSpan.FromSeconds(7));
        var share = MostChecked * check.TotalSeconds;
        var text = $"{share:P0} of one core for {MostChecked} checks a second ({count} in 7 s)"
            + $", bare connections {MostChecked * bare.TotalSeconds:P0}; all up";
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

    private KillReport KillWhileAsking(int seconds, RunningProgram? beside = null)
    {
        var steady = _peers.StartOwn("cli1", "steady", Web, "--rate", $"{Rate}", "--seconds", $"{seconds}");
        MustBeReady(steady);
        if (beside is not null) MustBeReady(beside);
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        var killedMs = SteadyProgram.NowMs;
        _peers.KillNginx(Web3);
        _peers.AwaitOwn(steady, 60);
        return KillReport.Read(steady, killedMs);
    }

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
