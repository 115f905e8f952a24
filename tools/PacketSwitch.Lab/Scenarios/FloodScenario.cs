// A SYN flood with random sources fills a small session table: established connections go on, new ones succeed, memory stays where it
// was. IPv4 and IPv6, one after the other. Run by Program (`./run-lab.sh flood`).
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class FloodScenario(LabOptions options)
{
    private const int Capacity = 20_000, Connections = 20, Knocks = 100, LeastAnswered = 95;
    private const int KnockPatience = 30, MostSeconds = 120, Rate = 30_000;
    private const int MostGrownMegabytes = 150;
    private const double Nearly = 0.9, MostLost = 0.01;
    private const int Vip = 2, EchoPort = 7;
    private const string Client = "cli1", NewClient = "cli2", Attacker = "cli3";

    private readonly PeerPrograms _peers = new(options);
    private SwitchProgram? _switch;
    private ControlSocket? _reader;

    public static int Run(LabOptions options) => new FloodScenario(options).Run();

    private int Run()
    {
        Picture.Print(string.Create(CultureInfo.InvariantCulture, $"a table of {Capacity} sessions"));
        var printer = new StepPrinter(steps: 3);
        if (!printer.Step("namespaces, echo servers", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("SYN flood, IPv4", () => Flood(Family.V4))
            & printer.Step("SYN flood, IPv6", () => Flood(Family.V6));
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        FarNetwork.AddSix(Family.V6.Net);
        foreach (var server in Network.Servers)
        {
            // The answers to the flood have to go somewhere: back through the switch.
            Tool.Ip("""
                route add default via 192.0.2.4
                route add default via 2001:db8::4
                """, server.Name);
        }
        _peers.StartEcho();
        _switch = SwitchProgram.Start(options, "flood.cfg");
        _reader = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options), "ro.sock"));
        return new StepReport("the switch and the attacker have the same priority");
    }

    private StepReport Flood(Family family)
    {
        var target = family.EndPoint(Vip, EchoPort);
        var before = SwitchProcess.ReadMegabytes();
        var pulse = _peers.StartOwn(
            Client, "pulse", target, "--connections", $"{Connections}",
            "--seconds", $"{MostSeconds}");
        if (!pulse.WaitForLine("ready", TimeSpan.FromSeconds(60)))
            throw new LabException($"no {Connections} connections: {pulse.Lines().LastOrDefault()}");
        var (_, openedBefore) = Sessions();
        var lostBefore = LostInKernel();
        var busyBefore = SwitchProcess.ReadBusy();
        var began = Stopwatch.GetTimestamp();
        var flood = _peers.StartOwn(
            Attacker, "syns", target, "--seconds", $"{MostSeconds}", "--rate", $"{Rate}");
        // The table is full, and has been filled once more, when the new ones come.
        var isFull = SpinWait.SpinUntil(
            () => Sessions() is var (current, opened)
                && current >= Capacity * Nearly && opened - openedBefore >= 2 * Capacity,
            TimeSpan.FromSeconds(60));
        if (!isFull) throw new LabException($"the table is not full: {Sessions()}");
        var knock = _peers.StartOwn(
            NewClient, "knock", target, "--count", $"{Knocks}", "--seconds", "3",
            "--patience", $"{KnockPatience}");
        var during = SwitchProcess.ReadMegabytes();
        _peers.AwaitOwn(knock, 2 * KnockPatience);
        flood.Terminate();
        _peers.AwaitOwn(flood, 30);
        var busy = (SwitchProcess.ReadBusy() - busyBefore) / Stopwatch.GetElapsedTime(began);
        during = Math.Max(during, SwitchProcess.ReadMegabytes());
        var lost = LostInKernel() - lostBefore;
        pulse.Terminate();
        _peers.AwaitOwn(pulse, 60);
        return Judge(pulse, flood, knock, before, during, busy, lost);
    }

    // Sessions in the table, and opened since the switch runs.
    private (long Current, long Opened) Sessions()
    {
        var sessions = JsonNode.Parse(_reader!.Must("GET", "v1/status"))!["sessions"]!;
        return ((long)sessions["current"]!, (long)sessions["opened"]!);
    }

    private long LostInKernel() => (long)JsonNode.Parse(
        _reader!.Must("GET", "v1/stats?kind=maint"))!["maint"]!["kernel_drops"]!;

    // Where frames are lost because the switch, which would have had time for them, was not given a
    // processor, a new connection may take longer than three seconds and a second try, but must
    // come: whose ACK was lost is half open to the switch, and makes room for others.
    private static StepReport Judge(
        RunningProgram pulse, RunningProgram flood, RunningProgram knock,
        int before, int during, double busy, long lost)
    {
        var alive = (int)pulse.Figure("alive");
        int answered = (int)knock.Figure("answered"), prompt = (int)knock.Figure("prompt");
        var sent = flood.Figure("sent");
        string[] details =
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{sent:F0} SYNs ({flood.Figure("rate"):F0}/s), {lost} frames lost in the kernel, "
                + $"switch {before} MB before, {during} MB during, {busy:F2} of a CPU"),
            string.Create(CultureInfo.InvariantCulture,
                $"{prompt} of {Knocks} new ones answered within 3 s, {answered} in the end, "
                + $"slowest {knock.Figure("slowest-ms"):F0} ms"),
        ];
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"{alive} of {Connections} go on, longest pause {pulse.Figure("longest-pause-ms"):F0} ms");
        var isStarved = lost > sent * MostLost && busy < Nearly;
        var inTime = isStarved ? answered : prompt;
        if (alive == Connections && inTime >= LeastAnswered
            && during - before <= MostGrownMegabytes)
            return new StepReport(summary, details);
        throw new LabException(
            $"{summary}; {string.Join("; ", details)}; {pulse.Lines().ElementAtOrDefault(1)}");
    }
}
