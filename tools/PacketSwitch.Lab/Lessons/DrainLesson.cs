// Lesson 8: drain. A server is taken out for repair, and nobody loses a connection.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class DrainLesson(LabOptions options) : Lesson(options)
{
    private const int Long = 6, Short = 30;
    private const string Echo = Network.Vip + ":7";

    private RunningProgram? _pulse;

    protected override string Configuration => "lesson-drain.cfg";

    protected override string Story => """
        web2 needs a new disk. Pulled out, it would take its clients' connections with it. Drained
        (packetswitch real dis web2, an Alteon's /oper/slb/dis 2) it gets no new ones and keeps
        those it has; when the last has ended an event says so, and it may be switched off.
        """;

    protected override string Question => """
        Six connections that never end would keep web2 in service for ever. What would you do with
        them, and whom would you tell before? (packetswitch real dis web2 --now; and see sticky
        clients: lesson 7, dis --persist)
        """;

    protected override void StartHosts()
    {
        base.StartHosts();
        var echoes = Network.Servers
            .Select(server => RunningProgram.StartOwn(server.Name, server.Name, Options.LogFolder,
                "echo", "7")).ToArray();
        if (!echoes.All(echo => echo.WaitForLine("listening", Patience)))
            throw new LabException("an echo server does not listen");
    }

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("one connection, frame by frame", () =>
        {
            using var walk = Walk("cli1");
            return new StepReport($"real server {walk.Server}", walk.Lines());
        }),
        ("six long connections, then drain web2", Drain),
        ("the long connections live on to their end", LiveOn),
        ("web2 is empty, then back in service", Return),
    ];

    private StepReport Drain()
    {
        _pulse = RunningProgram.StartOwn(
            "cli2", "cli2", Options.LogFolder, "pulse", Echo, "--connections", $"{Long}",
                "--seconds", "6");
        if (!_pulse.WaitForLine("ready", Patience))
            throw new LabException($"the long connections: "
            + $"{_pulse.Lines().LastOrDefault()}");
        var said = Order("dis");
        var spread = Ask("cli1", Short);
        spread.MustBe("web2", 0);
        return new StepReport($"{spread}", "$ packetswitch real dis web2", said);
    }

    private StepReport LiveOn()
    {
        if (!_pulse!.WaitForExit(Patience))
            throw new LabException("the long connections do not end");
        var alive = (int)_pulse.Figure("alive");
        return alive == Long
            ? new StepReport($"{alive} of {Long} alive when their client closed them")
            : throw new LabException($"{alive} of {Long} were alive at their end");
    }

    private StepReport Return()
    {
        using var socket = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(Options),
            "ro.sock"));
        const string Empty = "web2 is drained: no session is left on it";
        if (!SpinWait.SpinUntil(() => socket.Must("GET", "v1/events").Contains(Empty,
            StringComparison.Ordinal), Patience))
            throw new LabException("no event says that web2 is empty");
        var said = Order("ena");
        var spread = Ask("cli1", Short);
        foreach (var server in Network.Servers) spread.MustBe(server.Name, Short / 3, tolerance: 1);
        return new StepReport($"{spread}", $"event: real 2 {Empty}", "$ packetswitch real ena web2",
            said);
    }

    // The command as an operator types it.
    private string Order(string word)
    {
        var order = RunningProgram.Start(
            Network.SwitchNamespace, "operator", Options.LogFolder, Environment.ProcessPath!,
            Path.Combine(AppContext.BaseDirectory, "packetswitch.dll"), "real", word, "web2",
                "--socket", SwitchProgram.SocketFolder(Options));
        if (!order.WaitForExit(Patience) || order.ExitCode != 0)
            throw new LabException($"real {word} web2: {order.Lines().LastOrDefault()}");
        return order.Lines().FirstOrDefault(line => line.Length > 0 && line[0] != '$') ?? "";
    }
}
