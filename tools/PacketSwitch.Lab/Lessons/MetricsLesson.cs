// Lesson 2: leastconns against roundrobin, where one server is busy with connections that stay.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class MetricsLesson(LabOptions options) : Lesson(options)
{
    private const int Long = 20, Short = 60;
    private const string Held = Network.Vip + ":8080";

    protected override string Configuration => "lesson-roundrobin.cfg";

    protected override string Story => """
        roundrobin gives the servers connections in turn and never looks back. leastconns gives
        each new connection to the server with the fewest open ones. While connections are alike
        and short, both do the same; here web1 has 20 connections that stay open (the VIP's port
        8080 leads to web1 alone), and 60 short ones come.
        """;

    protected override string Question => """
        A server that answers every connection at once with an error has always the fewest. Which
        metric sends it all the clients, and what protects them? (./run-lab.sh lesson 4)
        """;

    protected override void StartHosts()
    {
        base.StartHosts();
        var echo = RunningProgram.StartOwn("web1", "web1", Options.LogFolder, "echo", "7");
        if (!echo.WaitForLine("listening", Patience))
            throw new LabException($"echo on web1: {echo.Lines().LastOrDefault()}");
    }

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("one connection, frame by frame", () =>
        {
            using var walk = Walk("cli1");
            return new StepReport($"real server {walk.Server}", walk.Lines());
        }),
        ("roundrobin: web1 is busy, 60 short ones come", () => Compare(web1: 20, others: 20)),
        ("leastconns: the same again", () =>
        {
            Use("lesson-leastconns.cfg");
            return Compare(web1: 7, others: 27);
        }),
    ];

    // With 20 open at web1, leastconns fills the others up to 20 first, then shares the last 20 of
    // the 60; connections that have closed count for some time more.
    private StepReport Compare(int web1, int others)
    {
        var pulse = RunningProgram.StartOwn(
            "cli2", "cli2", Options.LogFolder, "pulse", Held, "--connections", $"{Long}",
                "--seconds", "60");
        if (!pulse.WaitForLine("ready", Patience))
            throw new LabException($"the long connections: {pulse.Lines().LastOrDefault()}");
        var spread = Ask("cli1", Short);
        pulse.Terminate();
        spread.MustBe("web1", web1, tolerance: 3);
        spread.MustBe("web2", others, tolerance: 3);
        spread.MustBe("web3", others, tolerance: 3);
        return new StepReport($"{spread}", $"web1 has {Long} open connections besides");
    }
}
