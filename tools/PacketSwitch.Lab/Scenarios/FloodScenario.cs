// A SYN flood with random sources fills a small session table: established connections go on, new ones succeed, memory stays where it
// was. IPv4 and IPv6, one after the other. Run by Program (`./run-lab.sh flood`).
using System.Globalization;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class FloodScenario(LabOptions options)
{
    private const int Capacity = 20_000, Connections = 20, Knocks = 100, LeastAnswered = 95;
    private const int FloodSeconds = 6, PulseSeconds = 12, Rate = 30_000, MostGrownMegabytes = 150;
    private const int Vip = 2, EchoPort = 7;
    private const string Client = "cli1", NewClient = "cli2", Attacker = "cli3";

    private readonly PeerPrograms _peers = new(options);
    private SwitchProgram? _switch;

    public static int Run(LabOptions options) => new FloodScenario(options).Run();

    private int Run()
    {
        Picture.Print(string.Create(CultureInfo.InvariantCulture, $"a table of {Capacity} sessions"));
        var printer = new StepPrinter(steps: 3);
        if (!printer.Step("namespaces, echo servers", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step($"SYN flood, {FloodSeconds} s, IPv4", () => Flood(Family.V4))
            & printer.Step($"SYN flood, {FloodSeconds} s, IPv6", () => Flood(Family.V6));
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
        return new StepReport("the switch and the attacker have the same priority");
    }

    private StepReport Flood(Family family)
    {
        var target = family.EndPoint(Vip, EchoPort);
        var before = SwitchProcess.ReadMegabytes();
        var busyBefore = SwitchProcess.ReadBusy();
        var pulse = _peers.StartOwn(
            Client, "pulse", target, "--connections", $"{Connections}", "--seconds", $"{PulseSeconds}");
        if (!pulse.WaitForLine("ready", TimeSpan.FromSeconds(60)))
            throw new LabException($"no {Connections} connections: {pulse.Lines().LastOrDefault()}");
        var flood = _peers.StartOwn(
            Attacker, "syns", target, "--seconds", $"{FloodSeconds}", "--rate", $"{Rate}");
        // The table is full when the new ones come.
        Thread.Sleep(TimeSpan.FromSeconds(2));
        var knock = _peers.StartOwn(NewClient, "knock", target, "--count", $"{Knocks}", "--seconds", "3");
        var during = SwitchProcess.ReadMegabytes();
        _peers.AwaitOwn(knock, 30);
        _peers.AwaitOwn(flood, 30);
        during = Math.Max(during, SwitchProcess.ReadMegabytes());
        var busy = SwitchProcess.ReadBusy() - busyBefore;
        _peers.AwaitOwn(pulse, 60);
        return Judge(pulse, flood, knock, before, during, busy);
    }

    private static StepReport Judge(
        RunningProgram pulse, RunningProgram flood, RunningProgram knock,
        int before, int during, TimeSpan busy)
    {
        var alive = (int)pulse.Figure("alive");
        var answered = (int)knock.Figure("answered");
        var sent = flood.Figure("sent");
        string[] details =
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{sent:F0} SYNs ({sent / FloodSeconds:F0}/s), "
                + $"switch {before} MB before, {during} MB during, {busy.TotalSeconds / FloodSeconds:F2} of a CPU"),
            string.Create(CultureInfo.InvariantCulture,
                $"{answered} of {Knocks} new ones answered within 3 s, slowest {knock.Figure("slowest-ms"):F0} ms"),
        ];
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"{alive} of {Connections} go on, longest pause {pulse.Figure("longest-pause-ms"):F0} ms");
        if (alive == Connections && answered >= LeastAnswered && sent > 2 * Capacity
            && during - before <= MostGrownMegabytes)
            return new StepReport(summary, details);
        throw new LabException($"{summary}; {string.Join("; ", details)}; {pulse.Lines().ElementAtOrDefault(1)}");
    }
}
