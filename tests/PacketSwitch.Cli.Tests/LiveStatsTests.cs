// Statistics of a running switch that are cleared, and the wide forms of its status; what /maint
// answers in the shell.

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class LiveStatsTests
{
    private const string Config = """
        sys / name lab-sw1 / sessions 4096
        port 1 / intf port1 / server ena
        port 8 / intf port8 / client ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        real 2 / name "web2, old" / rip 192.0.2.6 / mac 02:00:00:00:00:06 / weight 0 / ena
        group 1 / name farm / health none / add 1 / add 2
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 53
            group 1
            protocol udp
        slb on

        """;

    [SkippableFact]
    public void Cleared_statistics_show_what_came_since_and_metrics_go_on()
    {
        using var live = new RunningSwitch(Config);
        live.SendDatagrams("wire8", ["192.0.2.101", "192.0.2.102"], "192.0.2.2", 53);
        Assert.Equal(2, (long)Real(live)["total"]!);

        live.Reader("stats", "--clear").ShouldExit(5);
        Assert.Equal(2, (long)Real(live)["total"]!);
        live.Client("stats", "--clear").ShouldExit(0);
        Assert.Equal(0, (long)Real(live)["total"]!);
        Assert.Equal(2, (int)Real(live)["highest"]!);
        live.SendDatagrams("wire8", ["192.0.2.103"], "192.0.2.2", 53);
        // The loop counts a frame a moment after it has opened its session.
        Assert.True(SpinWait.SpinUntil(
            () => (int)Real(live)["packets_in"]! == 1, Executable.Patience));

        JsonNode since = Stats(live), real = Real(live);
        Assert.Equal((1, 1, 3), ((int)real["total"]!, (int)real["packets_in"]!,
            (int)real["current"]!));
        JsonNode maint = since["maint"]!;
        Assert.Equal((long)maint["received"]!, (long)maint["transmitted"]!
            + (long)maint["punted"]! + (long)maint["dropped"]! + (long)maint["held"]!);
        Assert.Equal(1, (long)maint["sessions_opened"]!);
        Assert.Contains($"since {since["cleared"]}, when they were cleared",
            live.Reader("stats").ShouldExit(0).Output);
        Assert.Contains("\npacketswitch_real_sessions_total{real=\"1\",name=\"web1\"} 3\n",
            live.Metrics());
        live.Client("/stats/slb/clear").ShouldExit(0);
        Assert.Equal(0, (long)Real(live)["total"]!);
        live.Reader("/stats/slb/clear").ShouldExit(5);
        Assert.Contains("statistics cleared", live.Reader("events").ShouldExit(0).Output);
    }

    [SkippableFact]
    public void While_the_dashboard_is_on_the_last_frame_of_each_drop_reason_can_be_had()
    {
        using var live = new RunningSwitch("sys / web 127.0.0.1:18100\n" + Config);
        JsonNode drop = null!;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                // The web server starts behind READY; what comes before it is not kept.
                string[] clients = ["192.0.2.101", "192.0.2.102"];
                live.SendWithoutSessions("wire8", clients, "192.0.2.2", 54);
                return (string?)(drop = Drop(live))["last"]?["source"] == "192.0.2.102";
            },
            Executable.Patience));

        JsonNode last = drop["last"]!;
        Assert.Equal(("drop", 8, 54),
            ((string?)last["verdict"], (int)last["port"]!, (int)last["destination_port"]!));
        Assert.StartsWith("DROPPED incorrect-vport: virt 1 (web) has no service on this port",
            (string)last["why"]!);
        Assert.All(Stats(live)["maint"]!["drops"]!.AsArray(),
            other => Assert.True((long)other!["packets"]! > 0 || other["last"] is null));
        Assert.Matches(@"(?m)^incorrect-vport +\d\d:\d\d:\d\d\.\d{6}  port 8  "
            + @"192\.0\.2\.102:\d+ > 192\.0\.2\.2:54 udp ",
            live.Reader("stats", "maint").ShouldExit(0).Output);
        live.Client("stats", "--clear").ShouldExit(0);
        Assert.Null(Drop(live)["last"]);
    }

    [SkippableFact]
    public void Without_the_dashboard_drops_are_counted_and_no_frame_is_kept()
    {
        using var live = new RunningSwitch(Config);
        live.SendWithoutSessions("wire8", ["192.0.2.101"], "192.0.2.2", 54);
        Assert.True(SpinWait.SpinUntil(
            () => (long)Drop(live)["packets"]! == 1, Executable.Patience));

        Assert.Null(Drop(live)["last"]);
        Assert.DoesNotContain("the last seen of",
            live.Reader("stats", "maint").ShouldExit(0).Output);
    }

    [SkippableFact]
    public void The_wide_forms_of_the_status_say_what_its_json_says()
    {
        using var live = new RunningSwitch(Config);
        JsonObject status = live.Reader("status", "--json").ShouldExit(0).Json();

        string[] csv = live.Reader("status", "--csv").ShouldExit(0).OutputLines;
        string wide = live.Reader("status", "-o", "wide").ShouldExit(0).Output;

        int columns = Cells(csv[0]).Length;
        Assert.All(csv, row => Assert.Equal(columns, Cells(row).Length));
        Assert.Equal(2 + 1 + 1 + 2, csv.Length - 1);
        string[] head = Cells(csv[0]);
        foreach (JsonNode? real in status["reals"]!.AsArray())
        {
            string[] row = Cells(Assert.Single(
                csv, line => line.StartsWith($"real,{real!["id"]},", StringComparison.Ordinal)));
            Assert.Equal((string)real!["name"]!, row[Array.IndexOf(head, "name")]);
            Assert.Equal((string)real["rip"]!, row[Array.IndexOf(head, "address")]);
            Assert.Equal((string)real["state"]!, row[Array.IndexOf(head, "state")]);
            Assert.Equal($"{real["weight"]}", row[Array.IndexOf(head, "weight")]);
            Assert.Matches(
                $@"(?m)^{real["id"]} +{Regex.Escape((string)real["name"]!)} +{real["rip"]}:\d+ "
                + $" +{real["weight"]} +1 +ena +none +{real["state"]} ", wide);
        }
        live.Reader("status", "-o", "narrow").ShouldExit(2);
        Assert.Contains("CPS", live.Reader("stats", "--rate", "--exact").ShouldExit(0).Output);
    }

    [SkippableFact]
    public void The_shell_explains_and_examines()
    {
        using var live = new RunningSwitch(Config);

        string told = live.Reader("/maint/explain", "udp 192.0.2.101:4000 192.0.2.2:53")
            .ShouldExit(0).Output;
        Assert.EndsWith("FORWARDED to real 1 (web1)\n", told, StringComparison.Ordinal);
        live.Reader("/maint/explain", "udp 192.0.2.101 192.0.2.2").ShouldExit(2);
        live.Reader("/maint/explain").ShouldExit(2);
        live.Reader("/maint/doctor").ShouldExit(5);
        Assert.Matches(@"(?m)^ok +ports? .*", live.Client("/maint/doctor").ShouldExit(0).Output);
    }

    private static JsonNode Stats(RunningSwitch live)
        => live.Reader("stats", "--json").ShouldExit(0).Json();

    private static JsonNode Drop(RunningSwitch live)
        => Stats(live)["maint"]!["drops"]!.AsArray().First(
            drop => (string?)drop!["reason"] == "incorrect-vport")!;

    private static JsonNode Real(RunningSwitch live) => Stats(live)["reals"]![0]!;

    // RFC 4180, one line.
    private static string[] Cells(string row)
        => [.. Regex.Matches(row, "(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,\"]*))")
            .Select(match => match.Groups[1].Success
                ? match.Groups[1].Value.Replace("\"\"", "\"") : match.Groups[2].Value)];
}
