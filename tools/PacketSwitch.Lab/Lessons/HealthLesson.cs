// Lesson 4: a server dies. Who notices, when, and what happens to the clients meanwhile?
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class HealthLesson(LabOptions options) : Lesson(options)
{
    protected override string Configuration => "lesson-health.cfg";

    protected override string Story => """
        The switch asks each server by a TCP connection once a second (inter 1). Three failures in
        a row (retry 3) and it is FAILED: it gets no new connections until it answers again. Until
        then nobody knows: what is sent to the dead server in those seconds is lost. A server that
        refuses at once looks idle, so leastconns likes it.
        """;

    protected override string Question => """
        A shorter interval finds a dead server sooner. What else does it find sooner, on a network
        that loses a packet now and then? What is the shortest time in which clients stop
        noticing, and who pays for it?
        """;

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("one connection, frame by frame", () =>
        {
            Switch!.AwaitLine(Patience, 0, "real 3 web3 UP");
            using var walk = Walk("cli1");
            return new StepReport($"real server {walk.Server}", walk.Lines());
        }),
        ("web3 is killed, the clients keep asking", Kill),
        ("web3 is back", Return),
    ];

    private StepReport Kill()
    {
        var since = Switch!.LineCount;
        // Somebody asks already when it happens.
        var load = RunningProgram.StartOwn(
            "cli1", "cli1", Options.LogFolder, "load", Web, "--rate", "20", "--seconds", "6");
        if (!load.WaitForLine("ready", Patience))
            throw new LabException($"the client: {load.Lines().LastOrDefault()}");
        Clients.KillServer(Network.Servers[2]);
        var line = Switch.AwaitLine(Patience, since, "real 3 web3 FAILED");
        if (!load.WaitForExit(Patience)) throw new LabException("the client does not end");
        var (lost, asked) = ((int)load.Figure("failed"), (int)load.Figure("asked"));
        var spread = Clients.GetAll(Web, 20);
        spread.MustHaveNoFailure();
        spread.MustBe("web3", 0);
        return lost == 0
            ? throw new LabException("somebody should have lost a request before the switch knew")
            : new StepReport(
                $"{lost} of {asked} requests lost at its end, 0 of 60 once it was known",
                line, $"after that: {spread}");
    }

    private StepReport Return()
    {
        var since = Switch!.LineCount;
        Clients.StartServer(Network.Servers[2]);
        var line = Switch.AwaitLine(Patience, since, "real 3 web3 UP");
        var spread = Clients.GetAll(Web, 20);
        spread.MustHaveNoFailure();
        spread.MustBeAtLeast("web3", 10);
        return new StepReport($"{spread}", line);
    }
}
