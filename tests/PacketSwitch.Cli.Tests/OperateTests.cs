// The commands that talk to a running switch: what they print, as text and as JSON, and how they end.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class OperateTests
{
    private const string Config = """
        sys / name lab-sw1 / sessions 4096
        port 1 / intf port1 / server ena
        port 2 / intf port2 / server ena
        port 8 / intf port8 / client ena
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        real 1 / name web1 / rip 192.0.2.5 / ena
        real 2 / name web2 / rip 192.0.2.6 / weight 2 / ena
        real 3 / name web3 / rip 192.0.2.7
        group 1 / name farm / health none / add 1 / add 2 / add 3
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            rport 8080
        slb on

        """;

    /// <summary>Each read command as it is typed, and the schema of its JSON.</summary>
    private static readonly (string Schema, string[] Words)[] ReadCommands =
    [
        ("status", ["status"]), ("status", ["real", "list"]), ("status", ["real", "show", "web2"]), ("status", ["group", "list"]),
        ("status", ["virt", "show", "1"]), ("status", ["port", "list"]), ("stats", ["stats"]), ("stats", ["stats", "real", "web1"]),
        ("stats", ["stats", "group", "1"]), ("stats", ["stats", "maint"]), ("sessions", ["sessions"]), ("events", ["events"]),
        ("diff", ["diff"]), ("config", ["dump"]), ("config", ["cur"]),
    ];

    [SkippableFact]
    public void Text_and_json_say_the_same_and_json_is_what_its_schema_says()
    {
        using var live = new RunningSwitch(Config);
        live.Client("real", "dis", "web1", "--drain").ShouldExit(0);
        live.Client("real", "set", "2", "weight", "7").ShouldExit(0);

        foreach ((string schema, string[] words) in ReadCommands)
        {
            JsonObject json = live.Client([.. words, "--json"]).ShouldExit(0).Json();
            Assert.Equal(1, (int)json["schema"]!);
            AssertValid(schema, json);
        }
        JsonObject status = live.Client("status", "--json").ShouldExit(0).Json();
        string text = live.Client("status").ShouldExit(0).Output;
        Assert.StartsWith($"lab-sw1  PacketSwitch {status["version"]}  up ", text, StringComparison.Ordinal);
        Assert.Contains("config: 1 pending", text, StringComparison.Ordinal);
        Assert.Equal(1, (int)status["config"]!["pending"]!);
        AssertRow(text, "1  web1  192.0.2.5:8080  1  draining");
        AssertRow(text, "2  web2  192.0.2.6:8080  2  up");
        AssertRow(text, "3  web3  192.0.2.7:8080  1  disabled");
        Assert.Equal(
            ["draining", "up", "disabled"], status["reals"]!.AsArray().Select(real => (string)real!["state"]!));
        AssertRow(text, "1  web  192.0.2.2:80  tcp  1  leastconns  degraded  1/3");
        Assert.DoesNotContain('\e', text);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 100, line));

        JsonObject stats = live.Client("stats", "real", "2", "--json").ShouldExit(0).Json();
        long total = (long)stats["reals"]![0]!["total"]!;
        AssertRow(live.Client("stats", "real", "2").ShouldExit(0).Output, $"2 192.0.2.6 web2 0 {total}");
        string ipvs = live.Client("status", "--ipvs").ShouldExit(0).Output;
        AssertRow(ipvs, "TCP 192.0.2.2:80 wlc");
        AssertRow(ipvs, "-> 192.0.2.5:8080 Masq 0 0 0");
        AssertRow(ipvs, "-> 192.0.2.6:8080 Masq 2 0 0");
    }

    [SkippableFact]
    public void A_wrong_name_is_answered_with_the_nearest_and_a_reader_cannot_write()
    {
        using var live = new RunningSwitch(Config);

        live.Client("real", "show", "web9").ShouldRefuse(1, "packetswitch: there is no real 'web9'; did you mean 'web1'?");
        live.Client("real", "dis", "wbe2").ShouldRefuse(1, "packetswitch: there is no real 'wbe2'; did you mean 'web2'?");
        live.Client("stats", "group", "7").ShouldRefuse(1, "packetswitch: there is no group '7' (configured: 1 farm)");
        live.Client("sessions", "--older", "soon").ShouldRefuse(
            2, "packetswitch: older must be a time such as 30s, 10m or 2h, not 'soon'");
        const string NotPermitted =
            "packetswitch: this socket is for reading; changes need admin.sock (run the command as the switch's user or root)";
        foreach (string[] words in new string[][]
        {
            ["apply"], ["save"], ["revert"], ["confirm"], ["real", "dis", "1"], ["real", "set", "1", "weight", "3"],
            ["sessions", "--kill", "--all"], ["load", live.ConfigFile, "--apply"],
        })
        {
            live.Reader(words).ShouldRefuse(5, NotPermitted);
        }
        live.Reader("status").ShouldExit(0);
        Assert.Contains("Real server state:", live.Reader("shell", "-c", "/info/slb/dump").ShouldExit(0).Output, StringComparison.Ordinal);
        live.Reader("shell", "-c", "/c/slb/real 1/weight 9/apply").ShouldExit(5);
        live.Reader("shell", "-c", "/oper/slb/dis 1").ShouldExit(5);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(live.Sockets, "admin.sock")));
        Assert.Contains("Nothing is pending.", live.Client("diff").ShouldExit(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_running_switch_there_is_one_line_and_exit_code_4()
    {
        foreach (string[] words in new string[][]
        {
            ["status"], ["stats"], ["sessions"], ["events"], ["real", "list"], ["diff"], ["apply"], ["shell", "-c", "diff"],
            ["/info/slb/dump"],
        })
        {
            Executable.Run([.. words, "--socket", "/nowhere"]).ShouldRefuse(
                4,
                "packetswitch: no switch runs at /nowhere/admin.sock; start one with: packetswitch run -c FILE "
                    + "(--socket PATH names another socket)");
        }
    }

    [SkippableFact]
    public void Changes_are_pending_then_run_then_saved_and_survive_a_restart()
    {
        using var live = new RunningSwitch(Config);

        live.Client("group", "set", "1", "metric", "phash").ShouldExit(0);
        Assert.Equal(
            ["  /c/slb/group 1", "-     metric leastconns                      (default)", "+     metric phash"],
            live.Client("diff").ShouldExit(0).OutputLines[..3]);
        live.Client("apply").ShouldExit(0);
        Assert.Equal("1 change running, not saved.", live.Client("diff", "--flash").ShouldExit(0).OutputLines[^1]);
        live.Client("real", "set", "9", "weight", "3").ShouldExit(1);
        Assert.StartsWith("Saved to ", live.Client("save").ShouldExit(0).Output, StringComparison.Ordinal);
        string dump = live.Client("dump").ShouldExit(0).Output;
        live.Restart();

        Assert.Equal(dump, live.Client("dump").ShouldExit(0).Output);
        Assert.Equal(dump, File.ReadAllText(live.ConfigFile));
        Assert.Equal("Running = saved.", live.Client("diff", "--flash").ShouldExit(0).OutputLines[^1]);
    }

    [SkippableFact]
    public void An_apply_that_is_not_confirmed_goes_back_by_itself()
    {
        using var live = new RunningSwitch(Config);
        string before = live.Client("dump").ShouldExit(0).Output;

        live.Client("real", "set", "1", "weight", "9").ShouldExit(0);
        live.Client("apply", "--confirm", "15").ShouldExit(0);
        Assert.NotEqual(before, live.Client("dump").ShouldExit(0).Output);
        live.WaitForLine("nobody confirmed the configuration in 15 s: the one before runs again; the changes are pending");

        Assert.Equal(before, live.Client("dump").ShouldExit(0).Output);
    }

    [SkippableFact]
    public void A_hang_up_and_a_reload_read_the_file_again_and_an_error_leaves_what_runs()
    {
        using var live = new RunningSwitch(Config);

        File.WriteAllText(live.ConfigFile, Config + "real 1 / weight 4\n");
        live.Signal("HUP");
        live.WaitForLine("1 change of the configuration applied");
        Assert.Contains("Running = saved.", live.Client("diff", "--flash").ShouldExit(0).Output, StringComparison.Ordinal);
        File.WriteAllText(live.ConfigFile, Config + "real 1 / wieght 5\n");
        live.Signal("HUP");
        live.WaitForLine("the configuration was not read again: ");
        Finished load = live.Client("load", live.ConfigFile, "--apply").ShouldExit(3);

        Assert.Contains("unknown word 'wieght' in real 1; did you mean 'weight'?", load.Errors, StringComparison.Ordinal);
        Assert.Contains("    weight 4", live.Client("cur", "/c/slb/real", "1").ShouldExit(0).Output, StringComparison.Ordinal);
        File.WriteAllText(live.ConfigFile, Config + "real 1 / weight 6\n");
        live.Client("load", live.ConfigFile, "--apply").ShouldExit(0);
        Assert.Contains("    weight 6", live.Client("cur", "/c/slb/real", "1").ShouldExit(0).Output, StringComparison.Ordinal);
    }

    // Columns are as wide as their contents: blanks do not count.
    private static void AssertRow(string text, string row)
        => Assert.Contains(text.Split('\n'), line => Words(line).StartsWith(Words(row), StringComparison.Ordinal));

    private static string Words(string line)
        => string.Join(' ', line.Replace(",", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static void AssertValid(string schema, JsonNode json)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Schemas", $"{schema}.json");
        Assert.Equal([], JsonSchema.Problems(JsonNode.Parse(File.ReadAllText(path))!, json));
    }
}
