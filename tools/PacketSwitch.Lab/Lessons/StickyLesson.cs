// Lesson 7: sticky clients. A shopping cart that only one server knows.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class StickyLesson(LabOptions options) : Lesson(options)
{
    private const int Requests = 30;

    protected override string Configuration => "lesson-roundrobin.cfg";

    protected override string Story => """
        A client's cart lies in the memory of one server. Each connection of a client is a new
        choice, so the next page may come from a server that never saw it. With pbind clientip the
        switch remembers for ptmout minutes which server a client has, also when no connection is
        open.
        """;

    protected override string Question => """
        The metric hash (lesson 3) also brings a client back to its server, and keeps no table.
        What does pbind do better when a server is added, and what does a table cost when a
        million clients come?
        """;

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("roundrobin: 30 pages of one client", Wander),
        ("pbind clientip: 30 pages of one client", Stay),
        ("three clients, and who has whom", Three),
        ("one connection, frame by frame", () =>
        {
            using var walk = Walk("cli1");
            return new StepReport($"still {walk.Server}", walk.Lines());
        }),
    ];

    private StepReport Wander()
    {
        var spread = Ask("cli1", Requests);
        foreach (var server in Network.Servers) spread.MustBe(server.Name, Requests / 3);
        return new StepReport($"{spread}",
            "two pages of three come from a server without the cart");
    }

    private StepReport Stay()
    {
        Use("lesson-sticky.cfg");
        var spread = Ask("cli1", Requests);
        return Owner(spread) is { } owner ? new StepReport($"{spread}",
            $"{owner} has the cart, every time")
            : throw new LabException($"one server should have all, but {spread}");
    }

    private StepReport Three()
    {
        var owners = Network.Clients.Select(client => (client.Name, Owner: Owner(Ask(client.Name,
            Requests)))).ToArray();
        if (owners.Any(pair => pair.Owner is null))
            throw new LabException("each client should have one server");
        if (owners.Select(pair => pair.Owner).Distinct().Count() != owners.Length)
            throw new LabException($"roundrobin should give each client another server: "
                + $"{string.Join(", ", owners)}");
        return new StepReport(string.Join("  ", owners.Select(pair =>
            $"{pair.Name} has {pair.Owner}")));
    }

    private static string? Owner(Scenarios.Spread spread) => Network.Servers.Select(server =>
        server.Name)
        .FirstOrDefault(name => $"{spread}".Contains($"{name} {Requests}",
            StringComparison.Ordinal));
}
