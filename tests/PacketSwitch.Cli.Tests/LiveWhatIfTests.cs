// whatif --flows live against an independent count: the sessions of a running switch, read by
// `sessions --json`, replayed as a capture with the configuration as it would be.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class LiveWhatIfTests : TestFolder
{
    private const int Clients = 60;

    private const string Config = """
        sys / sessions 4096
        port 1 / intf port1 / server ena
        port 2 / intf port2 / server ena
        port 8 / intf port8 / client ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        real 2 / name web2 / rip 192.0.2.6 / mac 02:00:00:00:00:06 / ena
        real 3 / name web3 / rip 192.0.2.7 / mac 02:00:00:00:00:07 / ena
        group 1 / metric hash / health none / add 1 / add 2 / add 3
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 53
            group 1
            protocol udp
        slb on

        """;

    [SkippableFact]
    public void It_equals_a_count_of_the_sessions_replayed()
    {
        using var live = new RunningSwitch(Config);
        live.SendDatagrams("wire8", ThreeDigits(Clients), "192.0.2.2", 53);
        JsonNode[] sessions = Sessions(live);
        Assert.Equal(Clients, sessions.Length);

        Check(live, sessions, "--add 192.0.2.8", "real 4 / rip 192.0.2.8 / ena\ngroup 1 / add 4\n");
        Check(live, sessions, "--remove 2", "group 1 / rem 2\n");
        Check(live, sessions, "--weight 1=3", "real 1 / weight 3\n");
        Check(live, sessions, "--metric phash", "group 1 / metric phash\n");

        // As an operator has ordered: the sessions of the drained server are still there.
        live.Client("real", "dis", "web1", "--drain").ShouldExit(0);
        Check(live, sessions, "--remove 2", "group 1 / rem 2\nreal 1 / dis\n");
        live.Client("group", "set", "1", "metric", "leastconns", "--apply").ShouldExit(0);
        JsonNode leastconns = WhatIf(live, "--remove 3")["metrics"]![0]!;
        Assert.Equal(sessions.Count(one => (int)one["real"]! == 3), (int)leastconns["moved"]!);
        Assert.Equal(Clients, (int)leastconns["after"]!["2"]!);
    }

    [SkippableFact]
    public void A_switch_without_sessions_and_a_wrong_question_are_one_line()
    {
        using var live = new RunningSwitch(Config);

        live.Reader("whatif", "--remove", "2", "--flows", "live").ShouldRefuse(1,
            "whatif: group 1 has no sessions now; --flows N takes generated ones");
        live.Reader("whatif", "--remove", "9", "--flows", "live").ShouldRefuse(
            2, "whatif: --remove 9: group 1 has no real 9 (it has 1, 2, 3)");
        Executable.Run("whatif", "--remove", "2").ShouldRefuse(2,
            "whatif: -c FILE says the configuration; --flows live asks the running switch; see: "
            + "packetswitch whatif --help");
        Executable.Run("whatif", "--remove", "2", "--flows", "live", "--socket", "/nowhere")
            .ShouldExit(4);
    }

    private void Check(
        RunningSwitch live, JsonNode[] sessions, string change, string changedLines)
    {
        string capture = Write("sessions.pcap", Capture.Pcap(sessions.Select((one, i) =>
            new Stamped(1_700_000_000_000_000_000 + i, new TestFrame(
                $"{one["client"]}:{one["client_port"]}", "192.0.2.2:53").ToBytes()))));
        string verdicts = At("v.jsonl");
        string config = Write("after.cfg", Config + changedLines);
        Executable.Run("replay", capture, "-c", config, "--verdicts", verdicts).ShouldExit(0);
        int[] then = [.. File.ReadLines(verdicts).Select(
            line => (int)JsonNode.Parse(line)!["real"]!)];
        int[] now = [.. sessions.Select(one => (int)one["real"]!)];

        JsonNode asked = WhatIf(live, change)["metrics"]![0]!;

        int moved = now.Zip(then).Count(pair => pair.First != pair.Second);
        Assert.True(moved > 0);
        Assert.Equal(moved, (int)asked["moved"]!);
        Assert.Equal(Clients - moved, (int)asked["kept"]!);
        Assert.Equal(Shares(now), Shares(asked["before"]!));
        Assert.Equal(Shares(then), Shares(asked["after"]!));
        int least = now.GroupBy(real => real)
            .Sum(group => Math.Max(0, group.Count() - then.Count(real => real == group.Key)));
        Assert.Equal(least, (int)asked["least_possible"]!);
    }

    private static JsonNode WhatIf(RunningSwitch live, string change)
        => live.Reader(["whatif", .. change.Split(' '), "--flows", "live", "--json"])
            .ShouldExit(0).Json();

    private static JsonNode[] Sessions(RunningSwitch live)
        => [.. live.Reader("sessions", "--limit", "0", "--json").ShouldExit(0).Json()["sessions"]!
            .AsArray().Select(row => row!)];

    private static string Shares(IEnumerable<int> servers)
        => string.Join(' ', servers.GroupBy(real => real).OrderBy(group => group.Key)
            .Select(group => $"{group.Key}={group.Count()}"));

    private static string Shares(JsonNode counted)
        => string.Join(' ', counted.AsObject().Select(one => $"{one.Key}={one.Value}"));

    private static string[] ThreeDigits(int count)
        => [.. Enumerable.Range(100, count).Select(host => $"192.0.2.{host}")];
}
