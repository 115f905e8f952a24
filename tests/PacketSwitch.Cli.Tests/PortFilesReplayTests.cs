// The two-sided replay: one capture per port in, one per port out. Order, translation, ARP, verdict lines and figures,
// as a person gets them from the built program.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class PortFilesReplayTests : TestFolder
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_700_000_000 * Second;

    private const string Client = "192.0.2.101:40000";
    private const string Vip = "192.0.2.2:80";
    private const string Real1 = "192.0.2.5:8080";
    private const string ClientMac = "02:00:00:00:01:01";
    private const string Real1Mac = "02:00:00:00:00:05";
    private const string SwitchMac = "02:50:53:00:00:01";

    private static readonly byte[] SynBytes = Syn(Client).ToBytes();

    [Theory]
    [InlineData("pcap, little-endian, nanoseconds")]
    [InlineData("pcap, little-endian, microseconds")]
    [InlineData("pcap, big-endian, nanoseconds")]
    [InlineData("pcap, big-endian, microseconds")]
    [InlineData("pcapng, little-endian")]
    [InlineData("pcapng, big-endian")]
    public void A_connection_is_translated_there_and_back_whatever_the_file_is(string flavour)
    {
        Stamped[] client = [At(0, Syn(Client)), At(2, Segment(Client, Vip, TestFrame.Ack, 101, 501))];
        Stamped[] server = [At(1, Segment(Real1, Client, TestFrame.Syn | TestFrame.Ack, 500, 101) with { FromMac = Real1Mac })];

        Finished replay = Replay(
            Configurations.TwoRealsWithMacs, Bytes(client, flavour), Bytes(server, flavour)).ShouldExit(0);

        Assert.Empty(replay.Errors);
        Stamped[] toServer = WithoutArp(Capture.Read(At("s.pcap")));
        Stamped[] toClient = WithoutArp(Capture.Read(At("c.pcap")));
        AssertFrames(
            [At(0, Syn(Client) with { To = Real1, FromMac = SwitchMac, ToMac = Real1Mac }),
                At(2, Segment(Client, Real1, TestFrame.Ack, 101, 501) with { FromMac = SwitchMac, ToMac = Real1Mac })],
            toServer);
        AssertFrames(
            [At(1, Segment(Vip, Client, TestFrame.Syn | TestFrame.Ack, 500, 101) with
                {
                    FromMac = SwitchMac,
                    ToMac = ClientMac,
                })],
            toClient);
    }

    [Fact]
    public void Frames_enter_in_the_order_of_their_times_and_ties_in_the_order_of_the_options()
    {
        Stamped[] client = [At(1, Other(1)), At(3, Other(2)), At(5, Other(3))];
        Stamped[] server = [At(2, Other(4)), At(3, Other(5)), At(5, Other(6))];

        JsonObject[] serverFirst = Verdicts(Configurations.TwoRealsWithMacs, client, server, "--in", $"1={At("server.pcap")}", "--in", $"8={At("client.pcap")}");
        JsonObject[] clientFirst = Verdicts(Configurations.TwoRealsWithMacs, client, server, "--in", $"8={At("client.pcap")}", "--in", $"1={At("server.pcap")}");

        Assert.Equal([8, 1, 1, 8, 1, 8], serverFirst.Select(line => (int)line["port"]!));
        Assert.Equal([8, 1, 8, 1, 8, 1], clientFirst.Select(line => (int)line["port"]!));
        Assert.Equal([1, 2, 3, 4, 5, 6], clientFirst.Select(line => (int)line["frame"]!));
        Assert.Equal([1, 1, 2, 2, 3, 3], clientFirst.Select(line => (int)line["file_frame"]!));
        Assert.Equal(At("client.pcap"), (string)clientFirst[0]["file"]!);
        Assert.Equal(At("server.pcap"), (string)clientFirst[1]["file"]!);
        Assert.Equal("1700000001.000000000", clientFirst[0]["time"]!.ToJsonString());
    }

    [Fact]
    public void A_time_that_goes_back_does_not_take_the_clock_back()
    {
        Stamped[] client = [At(10, Other(1)), At(4, Other(2)), At(11, Other(3))];

        JsonObject[] lines = Verdicts(Configurations.TwoRealsWithMacs, client, [], "--in", $"8={At("client.pcap")}", "--out", $"1={At("s.pcap")}");

        Assert.Equal(
            ["1700000010.000000000", "1700000004.000000000", "1700000011.000000000"],
            lines.Select(line => line["time"]!.ToJsonString()));
        long[] sent = [.. WithoutArp(Capture.Read(At("s.pcap"))).Select(frame => frame.TimeNs)];
        Assert.Equal([Start + (10 * Second), Start + (10 * Second), Start + (11 * Second)], sent);
    }

    [Fact]
    public void Every_verdict_line_says_what_became_of_its_frame_and_the_figures_add_up()
    {
        Stamped[] client =
        [
            At(0, Syn(Client)), At(1, Segment(Client, Vip, TestFrame.Ack, 101, 501)),
            At(2, Syn(Client) with { To = "192.0.2.2:81" }), At(3, Segment("192.0.2.101:1", Vip, TestFrame.Ack, 1, 1)),
            At(4, Syn(Client) with { To = Real1 }), At(5, Other(7)),
            new Stamped(Start + (6 * Second), TestFrame.Arp(false, "02:00:00:00:01:01", "192.0.2.101", "00:00:00:00:00:00", "192.0.2.2")),
            new Stamped(Start + (7 * Second), SynBytes[..30]),
        ];

        JsonObject[] lines = Verdicts(Configurations.TwoRealsWithMacs, client, [], "--in", $"8={At("client.pcap")}");

        Assert.Equal(
            ["transmit new", "transmit session", "drop incorrect-vport", "drop no-session", "drop dam-off",
                "transmit flood", "punt arp", "drop malformed-ipv4"],
            lines.Select(line => $"{line["verdict"]} {line["reason"]}"));
        Assert.Equal(
            ["[1]", "[1]", "[]", "[]", "[]", "[1]", "[]", "[]"], lines.Select(line => line["out"]!.ToJsonString()));
        Assert.Equal([1, 1, 1, 1, null, null, null, null], lines.Select(line => (int?)line["virt"]));
        Assert.Equal([1, 1, null, null, 1, null, null, null], lines.Select(line => (int?)line["real"]));
        Assert.All(lines, line => Assert.Equal(
            ["frame", "time", "file", "file_frame", "port", "verdict", "reason", "out", "virt", "real"],
            line.Select(member => member.Key)));
        JsonObject summary = JsonNode.Parse(File.ReadAllText(At("summary.json")))!.AsObject();
        Summary.AssertAddsUp(summary);
        Assert.Equal(8, (long)summary["received"]!);
        Assert.Equal(1, (long)summary["sessions"]!["opened"]!);
        Assert.Equal(1, (long)summary["dropped"]!["dam-off"]!);
    }

    [Fact]
    public void A_real_server_with_a_mac_needs_no_arp()
    {
        Replay(Configurations.TwoRealsWithMacs, Capture.Pcap([At(0, Syn(Client))]), null).ShouldExit(0);

        Assert.DoesNotContain(
            Capture.Read(At("s.pcap")), frame => IsArp(frame.Bytes) && IsRequestFor(frame.Bytes, "192.0.2.5"));
        Assert.Single(WithoutArp(Capture.Read(At("s.pcap"))));
    }

    [Fact]
    public void An_answer_to_arp_in_the_servers_capture_releases_the_held_syn()
    {
        Stamped answer = new(
            Start + (Second / 2), TestFrame.Arp(true, Real1Mac, "192.0.2.5", SwitchMac, "192.0.2.4"));

        JsonObject[] lines = Verdicts(
            Configurations.TwoReals, [At(0, Syn(Client)), At(1, Other(1))], [answer],
            "--in", $"8={At("client.pcap")}", "--in", $"1={At("server.pcap")}", "--out", $"1={At("s.pcap")}");

        Stamped[] sent = Capture.Read(At("s.pcap"));
        Stamped question = sent.First(frame => IsArp(frame.Bytes) && IsRequestFor(frame.Bytes, "192.0.2.5"));
        Assert.Equal(Start, question.TimeNs);
        TestFrame expected = Syn(Client) with { To = Real1, FromMac = SwitchMac, ToMac = Real1Mac };
        Assert.Equal(expected.ToBytes(), WithoutArp(sent)[0].Bytes);
        Assert.Equal(Start + (Second / 2), WithoutArp(sent)[0].TimeNs);
        Assert.Equal(
            ["transmit new", "punt arp", "transmit flood"], lines.Select(line => $"{line["verdict"]} {line["reason"]}"));
    }

    [Fact]
    public void A_frame_whose_arp_is_never_answered_ends_as_no_arp()
    {
        JsonObject[] lines = Verdicts(
            Configurations.TwoReals, [At(0, Syn(Client)), At(1, Other(1))], [], "--in", $"8={At("client.pcap")}");

        Assert.Equal(
            ["drop no-arp", "transmit flood"], lines.Select(line => $"{line["verdict"]} {line["reason"]}"));
        Assert.Equal([1, 2], lines.Select(line => (int)line["frame"]!));
        Assert.Equal((1, 1), ((int)lines[0]["virt"]!, (int)lines[0]["real"]!));
        JsonObject summary = JsonNode.Parse(File.ReadAllText(At("summary.json")))!.AsObject();
        Summary.AssertAddsUp(summary);
        Assert.Equal(1, (long)summary["dropped"]!["no-arp"]!);
    }

    [Fact]
    public void What_is_sent_between_two_frames_carries_the_time_at_which_it_is_sent()
    {
        Verdicts(
            Configurations.TwoReals, [At(0, Syn(Client)), At(7 * Second, Other(1))], [],
            "--in", $"8={At("client.pcap")}", "--out", $"1={At("s.pcap")}");

        Assert.Equal(
            [Start, Start + Second, Start + (2 * Second)],
            Capture.Read(At("s.pcap"))
                .Where(frame => IsArp(frame.Bytes)).Select(frame => frame.TimeNs));
    }

    [Fact]
    public void Two_runs_give_the_same_files_and_the_same_words()
    {
        var frames = new List<Stamped>();
        for (int i = 0; i < 200; i++)
            frames.Add(new Stamped(Start + (i * Second / 10), Syn($"192.0.2.{101 + (i % 40)}:{40000 + i}").ToBytes()));
        byte[] client = Capture.Pcap(frames);

        Finished first = Replay(Configurations.TwoReals, client, null, "--verdicts", At("v1.jsonl")).ShouldExit(0);
        byte[][] firstFiles = [File.ReadAllBytes(At("c.pcap")), File.ReadAllBytes(At("s.pcap"))];
        Finished second = Replay(Configurations.TwoReals, client, null, "--verdicts", At("v2.jsonl")).ShouldExit(0);

        Assert.Equal(first.Output, second.Output);
        Assert.Equal(firstFiles[0], File.ReadAllBytes(At("c.pcap")));
        Assert.Equal(firstFiles[1], File.ReadAllBytes(At("s.pcap")));
        Assert.Equal(File.ReadAllBytes(At("v1.jsonl")), File.ReadAllBytes(At("v2.jsonl")));
        Assert.Equal(200, File.ReadLines(At("v1.jsonl")).Count());
    }

    [Fact]
    public void Text_and_json_have_the_same_figures()
    {
        byte[] client = Capture.Pcap([At(0, Syn(Client)), At(1, Syn(Client) with { To = "192.0.2.2:81" })]);

        Finished text = Replay(Configurations.TwoRealsWithMacs, client, null).ShouldExit(0);
        JsonObject json = Replay(Configurations.TwoRealsWithMacs, client, null, "--json").ShouldExit(0).Json();

        Assert.Equal(
            $"received {json["received"]} frames: transmitted {json["transmitted"]}, punted {json["punted"]}, "
                + $"dropped {json["dropped_total"]} (incorrect-vport {json["dropped"]!["incorrect-vport"]}); "
                + $"originated {json["originated"]}; sessions opened {json["sessions"]!["opened"]}, "
                + $"{json["sessions"]!["current"]} at the end",
            Assert.Single(text.OutputLines));
        Assert.Equal(1, (int)json["schema"]!);
        Assert.Equal(1, (long)json["sessions"]!["current"]!);
    }

    private static Stamped At(double seconds, TestFrame frame) => new(Start + (long)(seconds * Second), frame.ToBytes());

    private static TestFrame Syn(string from) => Segment(from, Vip, TestFrame.Syn, 100, 0);

    private static TestFrame Segment(string from, string to, int flags, uint sequence, uint acknowledgement)
        => new(from, to) { Flags = (byte)flags, Sequence = sequence, Acknowledgement = acknowledgement };

    // A datagram that is not the switch's business.
    private static TestFrame Other(int number)
        => new("192.0.2.101:5000", "192.0.2.200:6000") { Payload = $"datagram {number}", ToMac = "02:00:00:00:02:00" };

    private static byte[] Bytes(Stamped[] frames, string flavour) => flavour.StartsWith("pcapng", StringComparison.Ordinal)
        ? Capture.PcapNg(frames, flavour.Contains("big"))
        : Capture.Pcap(frames, flavour.Contains("big"), flavour.Contains("nano"));

    private static bool IsArp(byte[] frame) => frame[12] == 0x08 && frame[13] == 0x06;

    private static bool IsRequestFor(byte[] frame, string address)
        => frame[21] == 1 && frame.AsSpan(38, 4).SequenceEqual(System.Net.IPAddress.Parse(address).GetAddressBytes());

    private static Stamped[] WithoutArp(Stamped[] frames) => [.. frames.Where(frame => !IsArp(frame.Bytes))];

    private static void AssertFrames(Stamped[] expected, Stamped[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(Convert.ToHexString(expected[i].Bytes), Convert.ToHexString(actual[i].Bytes));
            Assert.Equal(expected[i].TimeNs, actual[i].TimeNs);
        }
    }

    private Finished Replay(string config, byte[] client, byte[]? server, params string[] more)
    {
        string[] second = server is null ? [] : ["--in", $"1={Write("server.pcap", server)}"];
        return Executable.Run([
            "replay", "-c", Write("switch.cfg", config), "--in", $"8={Write("client.pcap", client)}", .. second,
            "--out", $"8={At("c.pcap")}", "--out", $"1={At("s.pcap")}", .. more]);
    }

    private JsonObject[] Verdicts(string config, Stamped[] client, Stamped[] server, params string[] inputs)
    {
        Write("client.pcap", Capture.Pcap(client));
        Write("server.pcap", Capture.Pcap(server));
        Finished replay = Executable.Run([
            "replay", "-c", Write("switch.cfg", config), "--verdicts", At("v.jsonl"), "--json", .. inputs]).ShouldExit(0);
        Write("summary.json", replay.Output);
        return [.. File.ReadLines(At("v.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
