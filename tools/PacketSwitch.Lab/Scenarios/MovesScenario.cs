// What moves while connections are open: a real server gets another MAC, announced or not, and the far client's packets come from
// another router. The connections go on. IPv4 and IPv6. Run by Program (`./run-lab.sh moves`).
using System.Globalization;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class MovesScenario(LabOptions options)
{
    private const int Nat = 2, FullNat = 12, EchoPort = 7, Connections = 6;

    // So long after a move the connections are looked at; then until each has been answered again.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(3);

    private readonly PeerPrograms _peers = new(options);
    private SwitchProgram? _switch;

    public static int Run(LabOptions options) => new MovesScenario(options).Run();

    private int Run()
    {
        Picture.Print("NAT; full NAT 192.0.2.12; a far client behind r1 and r2");
        var printer = new StepPrinter(steps: 4);
        if (!printer.Step("namespaces, routers, echo servers", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("web1's MAC changes, announced", () => Move(announced: true, mostMs: 5_000))
            & printer.Step("web2's MAC changes, unannounced", () => Move(announced: false, mostMs: 45_000))
            & printer.Step("the client's router fails over", FailOver);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        FarNetwork.AddSix(Family.V6.Net);
        FarNetwork.Build();
        _peers.StartEcho();
        _switch = SwitchProgram.Start(options, "modes.cfg");
        return new StepReport("ports 8 and 1, the switch is ready");
    }

    // Six connections over three servers: two of them are at the one that moves.
    private StepReport Move(bool announced, int mostMs)
    {
        var server = announced ? "web1" : "web2";
        var mac = announced ? "02:00:00:00:77:01" : "02:00:00:00:77:02";
        var pulses = StartPulses("cli1");
        NetworkNamespace.Run(server, () =>
        {
            Kernel.Set("net/ipv4/conf/eth0/arp_notify", announced ? 1 : 0);
            Kernel.Set("net/ipv6/conf/eth0/ndisc_notify", announced ? 1 : 0);
        });
        Tool.Ip($"link set {Network.HostInterface} address {mac}", server);
        return Judge(pulses, mostMs);
    }

    private StepReport FailOver()
    {
        var pulses = StartPulses(FarNetwork.Client);
        FarNetwork.GoThrough(FarNetwork.SecondRouter);
        Tool.Ip($"link set {Network.HostInterface} down", FarNetwork.FirstRouter);
        return Judge(pulses, mostMs: 3_000);
    }

    private List<(string Target, RunningProgram Pulse)> StartPulses(string client)
    {
        var pulses = new List<(string, RunningProgram)>();
        foreach (var family in Family.Both)
        {
            foreach (var vip in new[] { Nat, FullNat })
            {
                var target = family.EndPoint(vip, EchoPort);
                pulses.Add((target, _peers.StartOwn(
                    client, "pulse", target, "--connections", $"{Connections}", "--seconds", "100",
                    "--patience", "60")));
            }
        }
        foreach (var (target, pulse) in pulses)
        {
            if (!pulse.WaitForLine("ready", TimeSpan.FromSeconds(60)))
                throw new LabException($"{target}: {pulse.Lines().LastOrDefault()}");
        }
        return pulses;
    }

    private StepReport Judge(List<(string Target, RunningProgram Pulse)> pulses, int mostMs)
    {
        var pauses = new List<string>();
        var held = true;
        Thread.Sleep(Watch);
        foreach (var (_, pulse) in pulses) pulse.Terminate();
        foreach (var (target, pulse) in pulses)
        {
            _peers.AwaitOwn(pulse, 120);
            var pause = pulse.Figure("longest-pause-ms");
            var alive = (int)pulse.Figure("alive");
            held &= alive == Connections && pause <= mostMs;
            pauses.Add(string.Create(CultureInfo.InvariantCulture, $"{target}: {alive} of {Connections}, longest pause {pause:F0} ms"));
        }
        if (!held) throw new LabException($"at most {mostMs} ms allowed; {string.Join("; ", pauses)}");
        return new StepReport($"{pulses.Count * Connections} connections go on", [.. pauses]);
    }
}
