// Lesson 1: a VIP and NAT. The client speaks with an address that no server has.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class NatLesson(LabOptions options) : Lesson(options)
{
    protected override string Configuration => "lesson-nat.cfg";

    protected override string Story => """
        Clients know one address, the VIP 192.0.2.2. No server has it: the switch answers ARP for
        it, picks a real server for each new connection, and rewrites addresses on the way there
        and back (NAT). The VIP listens on port 80, the servers too.
        """;

    protected override string Question => """
        The server's log shows 192.0.2.101, the client's true address. The frame came from the
        switch all the same. What must be true of the server's way back to the client, so that NAT
        works? What would the client do with an answer whose source is 192.0.2.5? (See:
        ./run-lab.sh lesson 6, where the answer does not come back through the rewriting, and
        needs not.)
        """;

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("one connection, frame by frame", See),
        ("300 connections share the servers", Share),
        ("nobody but the VIP's port 80 is there", Knock),
    ];

    private StepReport See()
    {
        using var walk = Walk("cli1");
        var server = Network.Servers.Single(host => host.Name == walk.Server);
        if (walk.Request.Sent.To != Network.Vip || walk.Request.Arrived.To != server.Address)
            throw new LabException("the destination should have become the real server's");
        if (walk.Request.Arrived.From != walk.Request.Sent.From)
            throw new LabException("the server should see the client's own address");
        if (walk.Answer.Sent.From != server.Address || walk.Answer.Arrived.From != Network.Vip)
            throw new LabException("the answer should come from the VIP");
        return new StepReport($"real server {walk.Server}", walk.Lines());
    }

    private StepReport Share()
    {
        var spread = Clients.GetAll(Web, 100);
        spread.MustHaveNoFailure();
        foreach (var server in Network.Servers) spread.MustBe(server.Name, 100, tolerance: 3);
        return new StepReport($"{spread}");
    }

    private StepReport Knock()
    {
        var wrong = Clients.Probe("tcp", $"{Network.Vip}:22");
        return wrong == "silent"
            ? new StepReport("port 22 of the VIP is silent, though every server has ssh")
            : throw new LabException($"port 22 of the VIP should be silent, but is {wrong}");
    }
}
