// The switch and a slow, obvious model of it get the same random frames under random
// configurations, and must agree on every verdict, on every frame that leaves, value by value, and
// on the number of sessions. PacketDotNet reads and writes the frames. The seed is printed;
// PACKETSWITCH_FUZZ_SEED takes another one.

using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Properties.Reference;

public sealed class ReferenceSwitchTests(ITestOutputHelper output)
{
    private const int Configurations = 20;
    private const int Steps = 300;
    private const int DefaultSeed = 60_119;
    private const int Reals = 4;
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void The_switch_does_what_the_model_says(int ipVersion)
    {
        string? said = Environment.GetEnvironmentVariable("PACKETSWITCH_FUZZ_SEED");
        int seed = int.TryParse(said, out int given) ? given : DefaultSeed;
        output.WriteLine($"seed {seed}");
        var verdicts = new SortedDictionary<string, int>();

        for (int round = 0; round < Configurations; round++)
        {
            var random = new Random(seed + round);
            string text = RandomConfiguration(random, ipVersion == 6);
            Run(random, text, $"seed {seed + round}", verdicts);
        }

        output.WriteLine(string.Join(", ", verdicts.Select(pair => $"{pair.Key} {pair.Value}")));
        string[] due =
        [
            "pass new", "pass session", "drop incorrect-vport", "drop no-session", "drop no-real",
            "drop tuple-in-use",
            "drop rst-out-of-window", "drop dam-off",
        ];
        Assert.All(
            due, verdict => Assert.True(verdicts.ContainsKey(verdict), $"never '{verdict}'"));
    }

    private static void Run(
        Random random, string text, string name, SortedDictionary<string, int> verdicts)
    {
        ParsedConfig parsed = ConfigChecker.Check(text, "random.cfg", ConfigUse.Replay);
        Assert.False(parsed.HasErrors, text);
        using var tested = new TestSwitch(parsed.Config);
        string mac = tested.Mac.ToString().Replace(":", "").ToUpperInvariant();
        var model = new ReferenceSwitch(parsed.Config, mac);
        var frames = new ReferenceFrames(random, parsed.Config, mac);

        int second = 1;
        for (int step = 0; step < Steps; step++)
        {
            string? difference =
                Step(random, tested, model, frames, ref second, verdicts, out string what);
            difference ??= tested.Tables.SessionCount != model.Sessions.Count
                ? $"{tested.Tables.SessionCount} sessions, expected {model.Sessions.Count}" : null;
            Assert.True(difference is null, $"{name}, step {step}, {what}\n{difference}\n{text}");
        }
        Assert.Null(tested.FindImbalance());
    }

    private static string? Step(
        Random random, TestSwitch tested, ReferenceSwitch model, ReferenceFrames frames,
        ref int second,
        SortedDictionary<string, int> verdicts, out string what)
    {
        int choice = random.Next(20);
        if (choice < 2)
        {
            int? failed = choice == 1 && random.Next(2) == 0 ? random.Next(1, Reals + 1) : null;
            int? up = choice == 1 && failed is null ? random.Next(1, Reals + 1) : null;
            second += choice == 0 ? random.Next(70) : 0;
            what = $"at {second}s, failed {failed}, up {up}";
            var health = tested.Control.Facts.Health;
            health = failed is { } down ? health.WithFailed(down, tested.NowNs) : health;
            tested.Control.SetHealth(up is { } back ? health.WithUp(back, tested.NowNs) : health);
            tested.AdvanceTo(second * Second);
            return Difference(model.At(second, failed, up), "", Left(tested, 0), Left(tested, 1));
        }
        bool fromClient = choice < 13;
        PlainFrame frame = fromClient ? frames.OfClient(model) : frames.OfServer(model);
        byte[] bytes = frame.ToBytes();
        what = $"{(fromClient ? "client" : "server")} > {frame}";
        tested.TakeVerdicts();
        tested.Enter(fromClient ? 0 : 1, bytes);
        string verdict = Text(tested.TakeVerdicts().Last());
        List<PlainFrame> toClients = Left(tested, 0);
        List<PlainFrame> toServers = Left(tested, 1);
        Expectation expected = fromClient
            ? model.FromClient(frame, bytes, second, toServers.FirstOrDefault())
            : model.FromServer(frame, second);
        verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
        return Difference(expected, verdict, toClients, toServers);
    }

    private static string? Difference(
        Expectation expected, string verdict, List<PlainFrame> toClients,
        List<PlainFrame> toServers)
    {
        bool agrees = expected.Verdict == verdict
            || (expected.Verdict == "" && verdict is "" or "pass bridge" or "pass flood");
        if (!agrees)
        {
            return $"was '{verdict}', expected '{expected.Verdict}'";
        }
        return Difference("clients", expected.ToClients, toClients)
            ?? Difference("servers", expected.ToServers, toServers);
    }

    private static string? Difference(
        string where, List<PlainFrame> expected, List<PlainFrame> left)
    {
        string wanted = string.Join('\n', expected.Select(frame => frame.ToString()).Order());
        string found = string.Join('\n', left.Select(frame => frame.ToString()).Order());
        return wanted == found ? null : $"to {where} left\n{found}\nexpected\n{wanted}";
    }

    private static List<PlainFrame> Left(TestSwitch tested, int port)
        => [.. tested.TakeSent(port).Select(PlainFrame.Read)];

    private static string Text(FrameInfo info) => info.Verdict == Verdict.Drop
        ? $"drop {ReasonText.Of(info.Drop)}" : $"pass {ReasonText.Of(info.Pass)}";

    private static string RandomConfiguration(Random random, bool isV6)
    {
        string[] metrics = [.. MetricCatalog.Names];
        var text = new StringBuilder();
        for (int real = 1; real <= Reals; real++)
        {
            text.Append($"/c/slb/real {real}/ena/rip 10.2.0.{10 + real}")
                .Append($"/mac 0a:00:0a:02:00:{10 + real:x2}/weight {random.Next(1, 4)}\n");
        }
        for (int group = 1; group <= 3; group++)
        {
            IEnumerable<string> members = Enumerable.Range(1, Reals).Where(_ => random.Next(3) != 0)
                .Select(real => $"/add {real}");
            string metric = metrics[random.Next(metrics.Length)];
            text.Append($"/c/slb/group {group}/health none/metric {metric}")
                .Append(string.Concat(members)).Append('\n');
        }
        for (int virt = 1; virt <= 2; virt++)
        {
            text.Append($"/c/slb/virt {virt}/ena/vip 10.1.1.{99 + virt}/creset {Toggle(random)}\n");
            foreach (int port in new[] { 80, 81, 82 }.Where(_ => random.Next(4) != 0))
            {
                string[] modes =
                    ["/rport 8080", "/rport 8080", "", "/nonat ena", "/rport 8080/pip 10.2.0.200"];
                string[] protocols = ["tcp", "both", "both", "udp"];
                text.Append($"/c/slb/virt {virt}/service {port}/group {random.Next(1, 4)}")
                    .Append(modes[random.Next(modes.Length)])
                    .Append($"/protocol {protocols[random.Next(protocols.Length)]}")
                    .Append($"/tmout {random.Next(2) * 2}")
                    .Append($"/clsrst {Toggle(random)}\n");
            }
        }
        text.Append("/c/slb/port 1/client ena\n/c/slb/port 2/server ena\n/c/slb/on\n");
        return isV6
            ? string.Join('\n', text.ToString().Split('\n').Select(FamilyMap.ConfigLine))
            : text.ToString();
    }

    private static string Toggle(Random random) => random.Next(2) == 0 ? "ena" : "dis";
}
