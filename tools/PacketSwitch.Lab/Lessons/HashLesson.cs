// Lesson 3: hash, and what a proxy in front of many clients does to it.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class HashLesson(LabOptions options) : Lesson(options)
{
    private const int Clients60 = 60, FirstAddress = 110;

    protected override string Configuration => "lesson-hash.cfg";

    protected override string Story => """
        hash picks the server from the client's address alone: the same client comes to the same
        server every time, with no table to keep. Many clients spread well. But many people behind
        one proxy have one address.
        """;

    protected override string Question => """
        60 clients on 3 servers: if a fourth server is added, how many of them change servers with
        hash, and how many with phash? The least possible is a quarter. Which of the two would you
        add servers to at noon?
        """;

    protected override void StartHosts()
    {
        base.StartHosts();
        var addresses = Enumerable.Range(FirstAddress, Clients60).Select(last =>
            $"address add 192.0.2.{last}/24 dev eth0");
        Tool.Ip(string.Join('\n', addresses), "cli2");
    }

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("60 clients, an address each", Spread60),
        ("the same again: everyone is back where they were", Again),
        ("60 people behind one proxy", Proxy),
        ("one connection of the proxy, frame by frame", () =>
        {
            using var walk = Walk("cli1");
            return new StepReport($"again {walk.Server}", walk.Lines());
        }),
        ("the cure: leastconns for the proxy's clients", Cure),
    ];

    private StepReport Spread60()
    {
        var spread = Crowd();
        foreach (var server in Network.Servers) spread.MustBeAtLeast(server.Name, Clients60 / 6);
        return new StepReport($"{spread}");
    }

    private StepReport Again()
    {
        var (first, second) = ($"{Crowd()}", $"{Crowd()}");
        return first == second ? new StepReport(second)
            : throw new LabException($"{first}, then {second}");
    }

    private StepReport Proxy()
    {
        var spread = Ask("cli1", Clients60);
        var alone = Network.Servers.Any(server => $"{spread}".Contains($"{server.Name} {Clients60}",
            StringComparison.Ordinal));
        return alone ? new StepReport($"{spread}",
            "one source address, one server: the others are idle")
            : throw new LabException($"all should be at one server, but {spread}");
    }

    private StepReport Cure()
    {
        Use("lesson-leastconns.cfg");
        var spread = Ask("cli1", Clients60);
        foreach (var server in Network.Servers) spread.MustBe(server.Name, Clients60 / 3,
            tolerance: 3);
        return new StepReport($"{spread}");
    }

    private Scenarios.Spread Crowd() => Ask(
        "cli2", Clients60, "crowd", Web, "--first", $"{FirstAddress}", "--count", $"{Clients60}");
}
