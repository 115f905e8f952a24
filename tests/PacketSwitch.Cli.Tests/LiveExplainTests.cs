// explain --live: a running switch says how it would treat a flow now, by its reader's socket, and
// is the same afterwards; a foreign page cannot ask.

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class LiveExplainTests
{
    private const string Question =
        """{"protocol":"tcp","source":"192.0.2.101:40000","destination":"192.0.2.2:80"}""";

    // Nothing is checked and every MAC is known: where no frames come, no counter moves.
    private const string Config = """
        sys / name lab-sw1 / sessions 4096
        port 1 / intf port1 / server ena
        port 2 / intf port2 / server ena
        port 8 / intf port8 / client ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        real 2 / name web2 / rip 192.0.2.6 / mac 02:00:00:00:00:06 / ena
        real 3 / name web3 / rip 192.0.2.7 / mac 02:00:00:00:00:07
        group 1 / name farm / health none / add 1 / add 2 / add 3
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            rport 8080
        virt 1/service 53
            group 1
            protocol udp
        slb on

        """;

    [SkippableFact]
    public void A_flow_is_explained_as_the_running_switch_stands_and_nothing_changes()
    {
        using var live = new RunningSwitch(Config);
        for (int port = 1; port <= 3; port++)
        {
            live.SendDatagram("wire8", "192.0.2.101", "192.0.2.2", 53);
        }
        string[] rows = Rows(live);
        Assert.Equal(3, rows.Length);
        Finished told = Explain(live, "tcp", "192.0.2.101:40000", "192.0.2.2:80").ShouldExit(0);

        AssertLeavesAsItIs(live, () =>
        {
            Explain(live, "tcp", "192.0.2.101:40000", "192.0.2.2:80").ShouldExit(0);
            Explain(live, "udp", rows[0].Split('|')[0], "192.0.2.2:53").ShouldExit(0);
            Explain(live, "tcp", "192.0.2.101:40000", "192.0.2.5:8080").ShouldExit(0);
            Explain(live, "icmp", "192.0.2.101", "192.0.2.2").ShouldExit(0);
        });

        Assert.Equal(rows, Rows(live));
        Assert.Contains("#1 now port 8 in  192.0.2.101:40000 > 192.0.2.2:80", told.Output);
        Assert.Contains("not among 3 sessions", told.Output);
        Assert.Contains("real 3 (web3) skipped: disabled", told.Output);
        // Three sessions on two servers: the candidates' figures are those of the running loops.
        Assert.Matches(@"real \d \(web\d\): 1 session / weight 1 = 1 <= picked", told.Output);
        Assert.Matches(@"real \d \(web\d\): 2 sessions / weight 1 = 2(;| |\n)", told.Output);
        Assert.Contains("(running:N is line N of: packetswitch dump)", told.Output);
    }

    [SkippableFact]
    public void A_session_a_drain_and_a_changed_line_are_those_of_now()
    {
        using var live = new RunningSwitch(Config);
        live.SendDatagram("wire8", "192.0.2.101", "192.0.2.2", 53);
        string session = Assert.Single(Rows(live));
        live.Client("real", "dis", "web1", "--drain").ShouldExit(0);
        live.Client("group", "set", "1", "metric", "hash", "--apply").ShouldExit(0);

        Finished known = Explain(
            live, "udp", session.Split('|')[0], "192.0.2.2:53", "--brief").ShouldExit(0);
        JsonObject fresh = Explain(
            live, "tcp", "192.0.2.101:40000", "192.0.2.2:80", "--json").ShouldExit(0).Json();

        Assert.Contains($"FORWARDED to real {session.Split('|')[1]} ", known.Output);
        Assert.Contains("known session", known.Output);
        AssertValid(fresh);
        Assert.Equal(2, (int)fresh["real"]!);
        JsonNode group = Step(fresh, "group"), metric = Step(fresh, "metric");
        Assert.Contains("an operator drains it", (string)group["text"]!);
        Assert.Equal("hash", (string)metric["result"]!);
        string line = (string)metric["source"]!;
        string[] dump = live.Client("dump").ShouldExit(0).OutputLines;
        Assert.Equal("    metric hash", dump[int.Parse(line.Split(':')[1]) - 1]);
    }

    [SkippableFact]
    public void A_wrong_question_is_one_line_and_a_foreign_page_gets_no_answer()
    {
        using var live = new RunningSwitch(Config);

        Explain(live, "tcp", "192.0.2.101", "192.0.2.2:80").ShouldRefuse(2,
            "packetswitch: '192.0.2.101' is no ADDRESS:PORT, for example 192.0.2.101:40000 or "
            + "[2001:db8::101]:40000");
        Explain(live, "tcp", "192.0.2.101:1", "192.0.2.2:80", "--in-port", "9").ShouldRefuse(
            2, "packetswitch: the switch has no port 9 (ports: 1, 2, 8)");
        Executable.Run("explain", "tcp", "192.0.2.101:1", "192.0.2.2:80").ShouldRefuse(2,
            "explain: which switch? --live asks the running one, -c FILE one of that "
            + "configuration; see: packetswitch explain --help");
        Executable.Run("explain", "x.pcap", "--live").ShouldExit(2);
        Executable.Run("explain", "tcp", "192.0.2.101:1", "192.0.2.2:80", "--live", "--socket",
            "/nowhere").ShouldExit(4);
        Assert.Equal(HttpStatusCode.OK, Post(live, Question, "application/json", null));
        Assert.Equal(
            HttpStatusCode.OK, Post(live, Question, "application/json", "http://packetswitch"));
        Assert.Equal(HttpStatusCode.Forbidden,
            Post(live, Question, "application/json", "http://elsewhere.example"));
        Assert.Equal(
            HttpStatusCode.Forbidden, Post(live, Question, "application/json", "null"));
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType, Post(live, Question, "text/plain", null));
        Assert.Equal(HttpStatusCode.BadRequest, Post(live, "[]", "application/json", null));
        Assert.Equal(HttpStatusCode.BadRequest, Post(live, "{}", "application/json", null));
    }

    private static Finished Explain(RunningSwitch live, params string[] words)
        => live.Reader(["explain", .. words, "--live"]);

    private static JsonNode Step(JsonObject answer, string step)
        => answer["steps"]!.AsArray().First(one => (string)one!["step"]! == step)!;

    private static void AssertValid(JsonNode answer)
    {
        string schema = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Schemas", "explain.json"));
        Assert.Equal([], JsonSchema.Problems(JsonNode.Parse(schema)!, answer));
    }

    // In its first seconds the switch announces its addresses, which is counted too: then again.
    private static void AssertLeavesAsItIs(RunningSwitch live, Action ask)
    {
        const int Tries = 20;
        string before = "", after = "";
        for (int i = 0; i < Tries; i++)
        {
            before = Counters(live);
            ask();
            after = Counters(live);
            if (before == after)
            {
                return;
            }
        }
        Assert.Equal(before, after);
    }

    // Every counter of the switch; what the collector did is the process's.
    private static string Counters(RunningSwitch live)
        => string.Join('\n', live.Metrics().Split('\n').Where(
            line => !line.StartsWith("packetswitch_gc_", StringComparison.Ordinal)));

    // Client and server of each session, and what was counted of it; not the clock.
    private static string[] Rows(RunningSwitch live)
        => [.. live.Reader("sessions", "--limit", "0", "--json").ShouldExit(0).Json()["sessions"]!
            .AsArray().Select(row => $"{row!["client"]}:{row["client_port"]}|{row["real"]}|"
                + $"{row["state"]}|{row["packets_in"]}|{row["packets_out"]}|{row["bytes_in"]}")];

    private static HttpStatusCode Post(
        RunningSwitch live, string body, string type, string? origin)
    {
        using HttpClient http = live.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/explain")
        {
            Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type)),
        };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
        using HttpResponseMessage response = http.Send(request);
        return response.StatusCode;
    }
}
