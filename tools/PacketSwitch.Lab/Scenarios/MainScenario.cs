// The lab of the README: the switch between three clients and three real servers that are small
// programs of ours. Nine steps, each with figures a reader can check by hand. Run by Program; prints
// as it goes.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class MainScenario(LabOptions options)
{
    private const int RequestsPerClient = 100, DatagramsPerClient = 10, TransferBytes = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string Web = Network.Vip + ":80", Echo = Network.Vip + ":7";

    private readonly ClientPrograms _clients = new(options);
    private SwitchProgram? _switch;

    public static int Run(LabOptions options) => new MainScenario(options).Run();

    private int Run()
    {
        Picture.Print("metric leastconns, health tcp (inter 2, retry 4)");
        var offloads = options.OffloadsOn ? "offloads at default" : "offloads off";
        var printer = new StepPrinter(steps: 9);
        if (!printer.Step($"nine namespaces, two ports, {offloads}", Begin))
            return printer.Finish(endHeld: false);
        var held = printer.Step("all real servers up", AwaitServers)
            & printer.Step($"{3 * RequestsPerClient} requests to the VIP", SpreadRequests)
            & printer.Step("UDP echo through the VIP", EchoDatagrams)
            & printer.Step("stop web3, keep asking", StopServer)
            & printer.Step("start web3 again", StartServer)
            & printer.Step("weights 3:1:1, roundrobin", SpreadByWeight)
            & printer.Step("direct access (DAM dis)", TryDirectAccess)
            & printer.Step("VIP: ping, and a port without a service", AskOtherwise);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        _switch = SwitchProgram.Start(options, WithLongFastAge("leastconns.cfg"));
        return new StepReport("ports 8 and 1, the switch is ready");
    }

    // Closed sessions count for a minute instead of four seconds, so that leastconns spreads the
    // same on a slow machine.
    private string WithLongFastAge(string configuration)
    {
        var file = Path.Combine(options.LogFolder, configuration);
        var text = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "configs", configuration));
        File.WriteAllText(file, $"{text}adv / fastage 4\n");
        return file;
    }

    private StepReport AwaitServers()
    {
        foreach (var server in Network.Servers) _switch!.AwaitLine(Patience, 0, $"{server.Name} UP");
        return new StepReport("web1 web2 web3");
    }

    // leastconns counts every session in the table, the closing ones too, so new ones go round
    // evenly; those that were opened at the same moment may move a turn: hence a tolerance of 2.
    private StepReport SpreadRequests()
    {
        var spread = _clients.GetAll(Web, RequestsPerClient);
        spread.MustHaveNoFailure();
        spread.MustBe("web1", RequestsPerClient, tolerance: 2);
        spread.MustBe("web2", RequestsPerClient, tolerance: 2);
        spread.MustBe("web3", RequestsPerClient, tolerance: 2);
        var (down, up) = _clients.Transfer(Web, TransferBytes);
        return new StepReport(
            $"{spread}   {spread.Failed} failed, slowest {spread.SlowestMs:0} ms",
            $"{TransferBytes >> 20} MB down and up, every byte right: {down:0} and {up:0} Mbit/s");
    }

    private StepReport EchoDatagrams()
    {
        var spread = _clients.AskByUdp(Echo, DatagramsPerClient);
        spread.MustHaveNoFailure();
        foreach (var server in Network.Servers)
            spread.MustBeAtLeast(server.Name, DatagramsPerClient / 2);
        return new StepReport($"{spread}   {spread.Failed} lost");
    }

    // What is asked while the failure is not known yet may be lost; nothing after that.
    private StepReport StopServer()
    {
        var since = _switch!.LineCount;
        var told = Task.Run(() => _switch.AwaitLine(Patience, since, "real 3 web3 FAILED"));
        _clients.KillServer(Network.Servers[2]);
        var lost = 0;
        while (!told.IsCompleted) lost += _clients.GetAll(Web, 10).Failed;
        var line = told.GetAwaiter().GetResult();
        var spread = _clients.GetAll(Web, RequestsPerClient);
        spread.MustHaveNoFailure();
        spread.MustBe("web3", 0);
        return new StepReport($"{spread}   0 failed after that, {lost} while undetected", line);
    }

    private StepReport StartServer()
    {
        var since = _switch!.LineCount;
        _clients.StartServer(Network.Servers[2]);
        var line = _switch.AwaitLine(Patience, since, "real 3 web3 UP");
        var spread = _clients.GetAll(Web, RequestsPerClient);
        spread.MustHaveNoFailure();
        spread.MustBeAtLeast("web3", RequestsPerClient / 2);
        return new StepReport($"{spread}   {spread.Failed} failed", line);
    }

    private StepReport SpreadByWeight()
    {
        var figures = _switch!.Stop();
        _switch = SwitchProgram.Start(options, "weights.cfg");
        var spread = _clients.GetAll(Web, RequestsPerClient);
        spread.MustHaveNoFailure();
        spread.MustBe("web1", 180);
        spread.MustBe("web2", 60);
        spread.MustBe("web3", 60);
        return new StepReport($"{spread}   {spread.Failed} failed", $"before that: {figures}");
    }

    private StepReport TryDirectAccess()
    {
        var web = _clients.Probe("tcp", "192.0.2.5:80");
        var ssh = _clients.ProbeOpen("192.0.2.5:22");
        if (web != "silent")
            throw new LabException($"192.0.2.5:80 should be blocked, but is {web}");
        if (ssh != "open SSH-2.0-web1")
            throw new LabException($"192.0.2.5:22 should show web1's banner, but is {ssh}");
        _clients.MustPing("192.0.2.5");
        return new StepReport("192.0.2.5:80 blocked, ping and port 22 pass");
    }

    private StepReport AskOtherwise()
    {
        _clients.MustPing(Network.Vip);
        _clients.MustPing(Network.SwitchAddress);
        foreach (var kind in new[] { "tcp", "udp" })
        {
            var answer = _clients.Probe(kind, $"{Network.Vip}:81");
            if (answer == "silent") continue;
            throw new LabException($"{kind} {Network.Vip}:81 should be silent, but is {answer}");
        }
        return new StepReport(
            $"{Network.Vip} and {Network.SwitchAddress} answer; tcp 81 and udp 81 are silent");
    }
}
