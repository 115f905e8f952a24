// whatif against an independent count: the same clients replayed with the configuration as it is
// and as it would be, and their verdict lines compared here.

using System.Text.Json;
using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class WhatIfCommandTests : TestFolder
{
    private const int Clients = 600;

    private const string Config = """
        port 8 / client ena
        port 1 / server ena
        real 1 / rip 192.0.2.5 / ena
        real 2 / rip 192.0.2.6 / ena
        real 3 / rip 192.0.2.7 / ena
        group 1 / metric METRIC / health none / add 1 / add 2 / add 3
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
        slb on

        """;

    [Theory]
    [InlineData("hash", "--add 192.0.2.8", "real 4 / rip 192.0.2.8 / ena\ngroup 1 / add 4\n")]
    [InlineData("phash", "--add 192.0.2.8", "real 4 / rip 192.0.2.8 / ena\ngroup 1 / add 4\n")]
    [InlineData("minmisses", "--add 192.0.2.8", "real 4 / rip 192.0.2.8 / ena\ngroup 1 / add 4\n")]
    [InlineData("hash", "--remove 2", "group 1 / rem 2\n")]
    [InlineData("phash", "--remove 2", "group 1 / rem 2\n")]
    [InlineData("phash", "--weight 1=3", "real 1 / weight 3\n")]
    [InlineData("phash", "--weight 1=256", "real 1 / weight 256\n")]
    [InlineData("hash", "--metric phash", "group 1 / metric phash\n")]
    public void It_equals_a_count_of_two_replays(string metric, string change, string changedLines)
    {
        string before = Write("before.cfg", Config.Replace("METRIC", metric));
        string after = Write("after.cfg", Config.Replace("METRIC", metric) + changedLines);
        string capture = Write("clients.pcap", Capture.Pcap(Syns()));
        Dictionary<long, int> now = Servers(capture, before);
        Dictionary<long, int> then = Servers(capture, after);
        int moved = now.Count(flow => then[flow.Key] != flow.Value);

        JsonNode answer = WhatIf(before, change, capture);

        JsonNode asked = answer["metrics"]![0]!;
        Assert.Equal(Clients, (int)answer["flows"]!);
        Assert.Equal(moved, (int)asked["moved"]!);
        Assert.Equal(Clients - moved, (int)asked["kept"]!);
        Assert.Equal(Shares(now), asked["before"]!.Deserialize<Dictionary<string, int>>());
        Assert.Equal(Shares(then), asked["after"]!.Deserialize<Dictionary<string, int>>());
        Assert.InRange((int)asked["least_possible"]!, 0, moved);
    }

    [Theory]
    [InlineData("--add 192.0.2.8", 0)]
    [InlineData("--weight 1=3", 0)]
    [InlineData("--remove 3", 300)]
    public void Where_sessions_stay_no_more_must_move_than_do(string change, int moved)
    {
        string config = Write("rr.cfg", Config.Replace("METRIC", "roundrobin"));

        JsonNode[] kept = [.. WhatIf(config, change, "900")["metrics"]!.AsArray()
            .Where(one => (string?)one!["metric"] is "roundrobin" or "leastconns")!];

        Assert.Equal(2, kept.Length);
        Assert.All(kept, one => Assert.Equal(
            (moved, moved), ((int)one["moved"]!, (int)one["least_possible"]!)));
    }

    [Fact]
    public void Under_leastconns_only_the_sessions_of_a_removed_server_move()
    {
        string config = Write("lc.cfg", Config.Replace("METRIC", "leastconns"));

        Assert.Equal(0, (int)WhatIf(config, "--add 192.0.2.8", "900")["metrics"]![0]!["moved"]!);
        Assert.Equal(300, (int)WhatIf(config, "--remove 3", "900")["metrics"]![0]!["moved"]!);
    }

    [Fact]
    public void The_text_has_a_line_for_each_metric_and_the_shares()
    {
        string config = Write("hash.cfg", Config.Replace("METRIC", "hash"));

        Finished answer =
            Executable.Run("whatif", "-c", config, "--add", "192.0.2.8", "--flows", "20000");

        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("real 4 192.0.2.8 more (3 > 4)", answer.Output);
        Assert.Matches(
            @"hash +7[3-6]\.\d % +1[45],\d{3} +current metric; least possible is 2[45]\.\d %",
                answer.Output);
        Assert.Matches(@"phash +2[4-6]\.\d %", answer.Output);
        Assert.Contains("leastconns    0.0 %", answer.Output);
        Assert.Contains("advice: with \"hash\"", answer.Output);
    }

    [Theory]
    [InlineData("say what changes")]
    [InlineData("has no real 9", "--remove", "9")]
    [InlineData("no address", "--add", "192.0.2")]
    [InlineData("other address family", "--add", "2001:db8::1")]
    [InlineData("expected ID=N", "--weight", "3")]
    [InlineData("N from 0 to 256", "--weight", "1=257")]
    [InlineData("one of leastconns, roundrobin", "--metric", "fastest")]
    [InlineData("uses group 7", "--remove", "1", "--group", "7")]
    [InlineData("no/such.pcap", "--remove", "1", "--flows", "no/such.pcap")]
    public void A_wrong_question_is_answered_with_one_line(string expected, params string[] options)
    {
        string config = Write("hash.cfg", Config.Replace("METRIC", "hash"));

        Finished refused = Executable.Run(["whatif", "-c", config, .. options]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Errors);
        Assert.Empty(refused.Output);
    }

    private static JsonNode WhatIf(string config, string change, string flows)
    {
        Finished answer = Executable.Run(
            ["whatif", "-c", config, .. change.Split(' '), "--flows", flows, "--json"]);
        Assert.True(answer.ExitCode == 0, answer.Errors);
        return JsonNode.Parse(answer.Output)!;
    }

    private static IEnumerable<Stamped> Syns()
        => Enumerable.Range(0, Clients).Select(i => new Stamped(
            1_700_000_000_000_000_000 + (i * 1_000_000L),
            new TestFrame($"203.0.{i % 113}.{i % 250 + 1}:{2000 + i}",
                "192.0.2.2:80")
            { Flags = TestFrame.Syn }.ToBytes()));

    private Dictionary<long, int> Servers(string capture, string config)
    {
        string verdicts = At("v.jsonl");
        Finished replayed = Executable.Run("replay", capture, "-c", config, "--verdicts", verdicts);
        Assert.True(replayed.ExitCode == 0, replayed.Errors);
        return File.ReadLines(verdicts).Select(line => JsonNode.Parse(line)!)
            .Where(line => (string?)line["reason"] == "new")
            .ToDictionary(line => (long)line["frame"]!, line => (int)line["real"]!);
    }

    private static Dictionary<string, int> Shares(Dictionary<long, int> servers)
        => servers.Values.GroupBy(real => real)
            .ToDictionary(group => $"{group.Key}", group => group.Count());
}
