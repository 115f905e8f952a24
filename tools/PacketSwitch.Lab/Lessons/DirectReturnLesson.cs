// Lesson 6: direct server return, and the ARP problem that comes with it.
using PacketSwitch.Lab.Scenarios;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class DirectReturnLesson(LabOptions options) : Lesson(options)
{
    protected override string Configuration => "lesson-dsr.cfg";

    protected override string Story => """
        With direct server return (nonat ena) the switch changes only MAC addresses. The servers
        have the VIP themselves, on lo, and answer the clients in its name: the big answers need
        no rewriting, and could go another way. The price: every server must keep quiet when
        someone asks by ARP who has the VIP.
        """;

    protected override string Question => """
        The switch never sees the answers' contents change. Can it still know that a connection
        has ended? What can a DSR service not do that a NAT service can (think of the server's
        port)?
        """;

    // The servers listen on every address, for they have two.
    protected override void StartHosts()
    {
        foreach (var server in Network.Servers)
        {
            Quiet(server.Name, ignore: 1, announce: 2);
            Tool.Ip($"address add {Network.Vip}/32 dev lo", server.Name);
            var program = RunningProgram.StartOwn(
                server.Name, server.Name, Options.LogFolder, "server", server.Name, "0.0.0.0");
            if (!program.WaitForLine("listening", Patience))
                throw new LabException($"{server.Name} does not listen: "
                    + $"{program.Lines().LastOrDefault()}");
        }
    }

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("one connection, frame by frame", See),
        ("300 connections share the servers", Share),
        ("web3 forgets to be quiet about the VIP", Break),
        ("packetswitch doctor names it, and its cure works", Cure),
    ];

    private StepReport See()
    {
        using var walk = Walk("cli1");
        if (walk.Request.Arrived.To != Network.Vip)
            throw new LabException("the destination should stay the VIP");
        if (walk.Answer.Sent.From != Network.Vip)
            throw new LabException("the server should answer from the VIP");
        return new StepReport($"real server {walk.Server}", walk.Lines());
    }

    private StepReport Share()
    {
        var spread = Clients.GetAll(Web, 100);
        spread.MustHaveNoFailure();
        foreach (var server in Network.Servers) spread.MustBe(server.Name, 100, tolerance: 3);
        return new StepReport($"{spread}");
    }

    // The switch answers for the VIP itself and keeps the question from the servers; and it goes by
    // addresses, not by MACs.
    private StepReport Break()
    {
        Quiet("web3", ignore: 0, announce: 0);
        var web3 = Network.MacOf(Network.Servers[2]);
        Tool.Ip($"neighbor replace {Network.Vip} lladdr {web3} dev eth0", "cli1");
        var spread = Ask("cli1", 30);
        Tool.Ip($"neighbor del {Network.Vip} dev eth0", "cli1");
        foreach (var server in Network.Servers) spread.MustBe(server.Name, 10, tolerance: 3);
        return new StepReport(
            $"{spread}",
            "cli1 even believed that web3's MAC is the VIP's, and is balanced all the same: its "
                + "frames pass this switch.",
            "But whoever asks on the servers' side, a router there or another switch, now gets "
                + "web3 alone.");
    }

    private StepReport Cure()
    {
        var run = DoctorRun.Start(Options, Configuration);
        if (!run.Findings.Any(finding => finding.Check == "arp" && finding.Text.Contains("web3",
            StringComparison.Ordinal)))
            throw new LabException($"doctor should name web3, but: "
                + $"{string.Join("; ", run.Findings)}");
        run.Cure();
        if (DoctorRun.Start(Options, Configuration) is { ExitCode: not 0 } still)
            throw new LabException($"after the cure: {string.Join("; ", still.Findings)}");
        return new StepReport(
            "found and cured", [.. run.Findings.Select(finding => finding.Text),
                .. run.Cures.Select(cure => $"{cure.On} $ {cure.Command}")]);
    }

    private static void Quiet(string server, int ignore, int announce)
    {
        NetworkNamespace.Run(server, () =>
        {
            Kernel.Set("net/ipv4/conf/all/arp_ignore", ignore);
            Kernel.Set("net/ipv4/conf/all/arp_announce", announce);
        });
    }
}
