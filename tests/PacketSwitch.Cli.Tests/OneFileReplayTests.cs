// The one-file replay on captures made here: whatever an honest capture of clients and a VIP holds, every answer of a
// connection it holds from the start leaves as it stands in the capture, MACs aside.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class OneFileReplayTests : TestFolder
{
    private const int MacBytes = 12;
    private const string Client = "203.0.113.9:40000";
    private const string Vip = "198.51.100.10:80";

    private const string Config = """
        real 1 / rip 10.2.0.11 / ena
        real 2 / rip 10.2.0.12 / ena
        real 3 / rip 2001:db8:2::11 / ena
        group 1 / metric roundrobin / add 1 / add 2
        group 2 / add 3
        virt 1 / vip 198.51.100.10 / ena
        virt 1/service 80
            group 1
            rport 8080
        virt 1/service 53
            group 1
            protocol udp
            rport 5353
        virt 2 / vip 2001:db8:1::10 / ena
        virt 2/service 80
            group 2
            rport 8080
        virt 2/service 53
            group 2
            protocol udp
        port 8 / client ena
        port 1 / server ena
        slb on

        """;

    [Fact]
    public void A_whole_connection_comes_back_byte_for_byte()
    {
        AssertIdentical(new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK").Goodbye());
    }

    [Fact]
    public void A_connection_of_ipv6_comes_back_byte_for_byte()
    {
        AssertIdentical(new Conversation("[2001:db8:9::9]:40000", "[2001:db8:1::10]:80")
            .Handshake().Exchange("GET /", "200 OK").Goodbye());
    }

    [Fact]
    public void Tagged_frames_come_back_byte_for_byte()
    {
        AssertIdentical(new Conversation(Client, Vip) { Finish = frame => frame with { Vlan = 0x6064 } }
            .Handshake().Exchange("GET /", "200 OK").Goodbye());
    }

    [Fact]
    public void Padding_and_ip_options_come_back_byte_for_byte()
    {
        AssertIdentical(new Conversation(Client, Vip) { Finish = frame => frame with { Trailer = [1, 2, 3, 4, 5, 6] } }
            .Handshake().Exchange("GET /", "200 OK"));
        AssertIdentical(new Conversation(Client, Vip) { Finish = frame => frame with { IpOptions = [7, 7, 4, 0, 0, 0, 0, 0] } }
            .Handshake().Exchange("GET /", "200 OK"));
    }

    [Theory]
    [InlineData("203.0.113.9:5000", "198.51.100.10:53")]
    [InlineData("[2001:db8:9::9]:5000", "[2001:db8:1::10]:53")]
    public void Datagrams_come_back_byte_for_byte(string client, string vip)
    {
        AssertIdentical(new Conversation(client, vip).Datagrams("a?", "a!").Datagrams("b?", "b!!"));
    }

    [Fact]
    public void A_udp_checksum_of_zero_stays_zero_on_both_sides()
    {
        AssertIdentical(new Conversation("203.0.113.9:5000", "198.51.100.10:53")
        {
            Finish = frame => frame with { Checksum = 0 },
        }.Datagrams("a?", "a!"));

        Assert.All(
            Capture.Read(At("s.pcap")).Where(IsIpv4), frame => Assert.Equal([0, 0], frame.Bytes[40..42]));
    }

    [Theory]
    [InlineData(0x0001)]
    [InlineData(0x1234)]
    [InlineData(0xfffe)]
    public void A_wrong_checksum_stays_wrong_and_comes_back_byte_for_byte(int checksum)
    {
        AssertIdentical(new Conversation(Client, Vip) { Finish = frame => frame with { Checksum = (ushort)checksum } }
            .Handshake().Exchange("GET /", "200 OK"));

        Assert.All(
            Capture.Read(At("s.pcap")).Where(IsIpv4), frame => Assert.False(TestFrame.ChecksumsAreRight(frame.Bytes)));
    }

    [Fact]
    public void What_the_switch_sends_to_the_servers_has_right_checksums()
    {
        AssertIdentical(new Conversation(Client, Vip).Handshake().Exchange("odd", "200 OK").Goodbye());

        Stamped[] sent = [.. Capture.Read(At("s.pcap")).Where(IsIpv4)];
        Assert.Equal(6, sent.Length);
        Assert.All(sent, frame => Assert.True(TestFrame.ChecksumsAreRight(frame.Bytes)));
        Assert.All(sent, frame => Assert.Equal([10, 2, 0, 11], frame.Bytes[30..34]));
        Assert.All(sent, frame => Assert.Equal(8080, (frame.Bytes[36] << 8) | frame.Bytes[37]));
    }

    [Fact]
    public void Retransmissions_come_back_as_often_as_they_were_captured()
    {
        Conversation talk = new Conversation(Client, Vip).Client(TestFrame.Syn).Again(fromVip: false)
            .Vip(TestFrame.Syn | TestFrame.Ack).Again(fromVip: true).Client(TestFrame.Ack)
            .Client(TestFrame.Psh | TestFrame.Ack, "GET /").Again(fromVip: false)
            .Vip(TestFrame.Psh | TestFrame.Ack, "200 OK").Again(fromVip: true).Again(fromVip: true)
            .Client(TestFrame.Ack).Goodbye();

        AssertIdentical(talk);
    }

    [Fact]
    public void A_refused_connection_and_a_reset_one_come_back_byte_for_byte()
    {
        AssertIdentical(new Conversation(Client, Vip).Client(TestFrame.Syn).Vip(TestFrame.Rst | TestFrame.Ack));
        AssertIdentical(new Conversation(Client, Vip).Handshake().Exchange("GET /", "200")
            .Vip(TestFrame.Rst | TestFrame.Ack));
        AssertIdentical(new Conversation(Client, Vip).Handshake().Exchange("GET /", "200")
            .Client(TestFrame.Rst | TestFrame.Ack).Vip(TestFrame.Ack));
    }

    [Fact]
    public void A_client_port_that_is_used_again_opens_a_connection_anew()
    {
        Conversation talk = new Conversation(Client, Vip).Handshake().Exchange("GET /1", "200").Goodbye()
            .Wait(0.5).Anew().Handshake().Exchange("GET /2", "200").Goodbye()
            .Wait(700).Anew().Handshake().Exchange("GET /3", "200").Goodbye();

        JsonObject summary = AssertIdentical(talk);

        Assert.Equal(3, (int)summary["sessions"]!["opened"]!);
    }

    [Fact]
    public void A_vip_that_is_also_talked_to_on_other_ports_does_not_confuse_the_count()
    {
        Conversation web = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK").Goodbye();
        Conversation ssh = new Conversation("203.0.113.9:40001", "198.51.100.10:22").Handshake().Exchange("SSH-2", "SSH-2");
        Stamped[] all = [.. web.Frames.Concat(ssh.Frames).OrderBy(frame => frame.TimeNs)];

        JsonObject summary = Replay(all).ShouldExit(0).Json();

        AssertAnswers(summary, web.Answers, different: 0, noSession: 0);
        Assert.Equal(4, (int)summary["dropped"]!["incorrect-vport"]!);
    }

    [Fact]
    public void Answers_of_connections_without_their_syn_are_reported_apart()
    {
        Conversation held = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK");
        Conversation begun = new Conversation("203.0.113.9:40001", Vip).Exchange("GET /", "200 OK");
        Stamped[] all = [.. held.Frames.Concat(begun.Frames).OrderBy(frame => frame.TimeNs)];

        JsonObject summary = Replay(all).ShouldExit(0).Json();
        Finished text = Executable.Run("replay", At("capture.pcap"), "-c", At("switch.cfg")).ShouldExit(0);

        AssertAnswers(summary, held.Answers, different: 0, begun.Answers);
        Assert.Equal(begun.Frames.Count, (int)summary["dropped"]!["no-session"]!);
        Assert.StartsWith(
            $"answers: {held.Answers} byte-identical, 0 different, {begun.Answers} no-session",
            text.OutputLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_the_switch_does_not_pass_counts_as_different_and_exits_1()
    {
        // A RST far outside the window is not believed (RFC 5961), so it does not leave.
        Conversation talk = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200")
            .Anew().Vip(TestFrame.Rst);

        JsonObject summary = Replay(talk.Frames).ShouldExit(1).Json();
        Finished text = Executable.Run("replay", At("capture.pcap"), "-c", At("switch.cfg")).ShouldExit(1);

        AssertAnswers(summary, talk.Answers - 1, different: 1, noSession: 0);
        Assert.StartsWith(
            $"frame {talk.Frames.Count} ", (string)summary["answers"]!["first_difference"]!, StringComparison.Ordinal);
        Assert.EndsWith(
            "did not leave the client port: drop rst-out-of-window", text.OutputLines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.9:5000", "198.51.100.10:53")]
    [InlineData("[2001:db8:9::9]:5000", "[2001:db8:1::10]:53")]
    public void Divided_datagrams_come_back_fragment_by_fragment(string client, string vip)
    {
        AssertIdentical(new Conversation(client, vip)
            .DividedDatagrams(new string('q', 100), new string('a', 300), bytes: 64));
    }

    [Theory]
    [InlineData("nonat ena")]
    [InlineData("pip 10.2.0.100")]
    public void Every_forwarding_mode_comes_back_byte_for_byte(string mode)
    {
        int first = Config.IndexOf("rport 8080", StringComparison.Ordinal);
        Write("switch.cfg", Config[..first] + mode + Config[(first + "rport 8080".Length)..]);
        Conversation talk = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK").Goodbye();

        JsonObject summary = Run(talk.Frames).ShouldExit(0).Json();

        AssertAnswers(summary, talk.Answers, different: 0, noSession: 0);
    }

    [Fact]
    public void Every_port_of_a_vip_with_layr3_comes_back_byte_for_byte()
    {
        Write("switch.cfg", Config + "virt 1 / layr3 ena\n");
        Conversation talk = new Conversation(Client, "198.51.100.10:22").Handshake().Exchange("SSH-2", "SSH-2");

        JsonObject summary = Run(talk.Frames).ShouldExit(0).Json();

        AssertAnswers(summary, talk.Answers, different: 0, noSession: 0);
    }

    [Fact]
    public void Virtual_servers_that_ask_each_other_are_clients_too()
    {
        Write("switch.cfg", Config.Replace("slb on", """
            virt 3 / vip 198.51.100.20 / ena
            virt 3/service 53
                group 1
                protocol udp
            slb on
            """));
        Conversation talk = new Conversation("198.51.100.20:53", "198.51.100.10:53")
            .Datagrams("a?", "a!").Datagrams("b?", "b!");

        JsonObject summary = Run(talk.Frames).ShouldExit(0).Json();

        AssertAnswers(summary, talk.Answers, different: 0, noSession: 0);
    }

    [Fact]
    public void Two_runs_give_the_same_files()
    {
        Conversation talk = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK").Goodbye();

        string first = Replay(talk.Frames).ShouldExit(0).Output;
        byte[][] files = [.. new[] { "c.pcap", "s.pcap", "v.jsonl" }.Select(name => File.ReadAllBytes(At(name)))];
        string second = Replay(talk.Frames).ShouldExit(0).Output;

        Assert.Equal(first, second);
        Assert.Equal(
            files, new[] { "c.pcap", "s.pcap", "v.jsonl" }.Select(name => File.ReadAllBytes(At(name))));
    }

    [Fact]
    public void Verdict_lines_name_the_capture_and_both_ports()
    {
        Conversation talk = new Conversation(Client, Vip).Handshake();

        Replay(talk.Frames).ShouldExit(0);

        JsonObject[] lines = [.. File.ReadLines(At("v.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal([8, 1, 8], lines.Select(line => (int)line["port"]!));
        Assert.Equal(["new", "session", "session"], lines.Select(line => (string)line["reason"]!));
        Assert.Equal([1, 2, 3], lines.Select(line => (int)line["file_frame"]!));
        Assert.All(lines, line => Assert.Equal(At("capture.pcap"), (string)line["file"]!));
    }

    [Fact]
    public void Port_1_may_be_client_and_server_at_once()
    {
        Write("switch.cfg", Config.Replace("port 1 / server ena", "port 1 / server ena / client ena"));
        Conversation talk = new Conversation(Client, Vip).Handshake().Exchange("GET /", "200 OK").Goodbye();

        JsonObject summary = Run(talk.Frames).ShouldExit(0).Json();

        AssertAnswers(summary, talk.Answers, different: 0, noSession: 0);
    }

    private static bool IsIpv4(Stamped frame) => frame.Bytes[12] == 0x08 && frame.Bytes[13] == 0x00;

    // The output to the client port holds every answer of the capture, in order; MACs aside.
    private JsonObject AssertIdentical(Conversation talk)
    {
        JsonObject summary = Replay(talk.Frames).ShouldExit(0).Json();

        AssertAnswers(summary, talk.Answers, different: 0, noSession: 0);
        Summary.AssertAddsUp(summary);
        string[] captured = [.. talk.Frames.Select(frame => Convert.ToHexString(frame.Bytes[MacBytes..]))];
        string[] sent = [.. Capture.Read(At("c.pcap")).Select(frame => Convert.ToHexString(frame.Bytes[MacBytes..]))];
        Assert.Equal(talk.Answers, sent.Count(captured.Contains));
        return summary;
    }

    private static void AssertAnswers(JsonObject summary, int identical, int different, int noSession)
    {
        string expected = $"{identical} identical, {different} different, {noSession} without session";
        JsonNode answers = summary["answers"]!;
        Assert.True(
            expected == $"{answers["identical"]} identical, {answers["different"]} different, "
                + $"{answers["no_session"]} without session",
            $"{expected} expected; {summary.ToJsonString()}");
    }

    private Finished Replay(IEnumerable<Stamped> frames)
    {
        Write("switch.cfg", Config);
        return Run(frames);
    }

    private Finished Run(IEnumerable<Stamped> frames) => Executable.Run(
        "replay", Write("capture.pcap", Capture.Pcap(frames)), "-c", At("switch.cfg"), "--json",
        "--out", $"8={At("c.pcap")}", "--out", $"1={At("s.pcap")}", "--verdicts", At("v.jsonl"));
}
