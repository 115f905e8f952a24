// Lesson 5: direct access mode. Who may speak with a real server past its VIP?
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal sealed class DirectAccessLesson(LabOptions options) : Lesson(options)
{
    private const string Direct = "192.0.2.5:80", Ssh = "192.0.2.5:22";

    protected override string Configuration => "lesson-nat.cfg";

    protected override string Story => """
        web1 serves the VIP with its port 80. Unless direct access mode (DAM, adv/direct) is
        enabled, a client cannot use that port of web1 past the VIP: no limit, no check and no
        counter would see it. Everything else of web1 can be reached: it is bridged.
        """;

    protected override string Question => """
        With NAT, the switch rewrites what comes from 192.0.2.5:80 back to the VIP. If a client
        spoke with 192.0.2.5:80 directly, whose answers would it be hard to tell apart? How does a
        session table help?
        """;

    protected override (string Label, Func<StepReport> See)[] Steps() =>
    [
        ("direct dis (the default): port 80 of web1", () => Probe(Direct, "silent",
            "dropped: dam-off")),
        ("port 22 of web1", () => Probe(Ssh, "open SSH-2.0-web1",
            "bridged, it is no balanced port")),
        ("the VIP", () =>
        {
            using var walk = Walk("cli1");
            return new StepReport($"answers, from {walk.Server}", walk.Lines());
        }),
        ("direct ena: port 80 of web1, frame by frame", Allowed),
    ];

    private StepReport Probe(string port, string expected, string why)
    {
        var answer = Clients.Probe("tcp", port);
        return answer == expected ? new StepReport($"{port} is {answer}: {why}")
            : throw new LabException($"{port} should be {expected}, but is {answer}");
    }

    private StepReport Allowed()
    {
        Use("lesson-direct.cfg");
        using var walk = Walk("cli1", Direct);
        if (walk.Answer.Arrived.From != "192.0.2.5")
            throw new LabException("the answer should come from web1's own address");
        return new StepReport("it answers", walk.Lines());
    }
}
