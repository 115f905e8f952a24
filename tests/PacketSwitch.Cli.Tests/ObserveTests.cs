// observe and capture as a person uses them, with frames that really go through a running switch;
// what they write is read by an unmodified tshark where there is one.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class ObserveTests : TestFolder
{
    private const string Config = """
        sys / name lab-sw1 / sessions 4096
        port 1 / intf port1 / server ena
        port 2 / intf port2 / server ena
        port 8 / intf port8 / client ena
        real 1 / name web1 / rip 192.0.2.5 / ena
        group 1 / health none / add 1
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
        slb on

        """;

    private const string Datagram = " port 8   192.0.2.101:";
    private const string Flooded =
        " > 192.0.2.200:9 udp 51 bytes  FORWARDED flood  > port 1, port 2";

    [SkippableFact]
    public void Each_frame_is_a_line_and_the_end_tells_what_was_seen()
    {
        using var live = new RunningSwitch(Config);

        Finished seen = While(live, "observe", "--count", "2", "--ip", "192.0.2.200");

        seen.ShouldExit(0);
        Assert.Equal(2, seen.OutputLines.Length);
        Assert.All(seen.OutputLines, line =>
        {
            Assert.Contains(Datagram, line, StringComparison.Ordinal);
            Assert.EndsWith(Flooded, line, StringComparison.Ordinal);
        });
        Assert.EndsWith("frames observed, 0 not observed", Assert.Single(seen.ErrorLines));
    }

    [SkippableFact]
    public void Json_is_what_its_schema_says_and_dict_names_everything()
    {
        using var live = new RunningSwitch(Config);

        Finished json = While(live, "observe", "--count", "1", "--port", "9", "-o", "json");
        Finished dict = While(live, "observe", "--count", "1", "--port", "9", "-o", "dict");

        JsonNode row = json.ShouldExit(0).Json();
        AssertValid("observe", row);
        Assert.Equal(("transmit", "flood"), ((string?)row["verdict"], (string?)row["reason"]));
        Assert.Equal([1, 2], row["out"]!.AsArray().Select(port => (int)port!));
        Assert.Equal((8, 9), ((int)row["port"]!, (int)row["destination_port"]!));
        Assert.Contains("verdict:  FORWARDED flood\n", dict.ShouldExit(0).Output);
        Assert.Contains("why:      FORWARDED to all other ports", dict.Output);
    }

    [SkippableFact]
    public void What_is_not_asked_for_is_not_shown()
    {
        string[][] nothing =
        [
            ["--verdict", "dropped"], ["--reason", "session"], ["--ip", "198.51.100.0/24"],
            ["--port", "80"], ["--real", "web1"], ["--filter", "tcp"],
            ["--filter", "udp", "--port", "80"], ["--verdict", "originated", "--port", "9"],
            ["--in-port", "1", "--not", "verdict=originated"],
            ["--not", "port=9", "--not", "verdict=originated"],
            ["--not", "verdict=forwarded", "--not", "verdict=originated"],
            ["--not", "in-port=8", "--not", "verdict=originated"],
            ["--not", "reason=flood", "--not", "verdict=originated"],
        ];
        // Seven and the one beside them are as many as may watch at a time.
        Check(nothing[..7], "--in-port", "8", "--reason", "flood");
        Check(nothing[7..], "--not", "port=80", "--not", "reason=session",
            "--filter", "udp and dst port 9");
    }

    [SkippableFact]
    public void Wrong_words_are_answered_with_the_nearest()
    {
        using var live = new RunningSwitch(Config);

        Refused("there is no verdict 'droped'; did you mean 'dropped'?", "--verdict", "droped");
        Refused("there is no reason 'no-reel'; did you mean 'no-real'?", "--reason", "no-reel");
        Refused("ip must be an address or a network such as 192.0.2.0/24, not '192.0.2'",
            "--ip", "192.0.2");
        Refused("port must be a number, not 'http'", "--port", "http");
        Refused("there is no port 9 (ports: 1, 2, 8)", "--in-port", "9");
        Refused("not: 'verdct' is nothing to leave out; did you mean 'verdict'?",
            "--not", "verdct=dropped");
        Refused("filter 'tcp prot 80': no filter; for example: tcp port 80 and host 192.0.2.101",
            "--filter", "tcp prot 80");
        Refused("filter 'port 1 or port 1 or port 1 or port 1 or port 1 or port 1 or ...': it has "
            + "400 words; at most 256 are taken, not counting and, or",
            "--filter", string.Join(" or ", Enumerable.Repeat("port 1", 200)));
        Refused("there is no output 'jsn'; did you mean 'json'?", "-o", "jsn");
        Refused("count must be a number from 1 to 2147483647, not '0'", "--count", "0");
        live.Client("observe", "--real", "wbe1").ShouldRefuse(
            1, "packetswitch: there is no real 'wbe1'; did you mean 'web1'?");
        live.Client("observe", "--last", "5").ShouldRefuse(
            1, "packetswitch: the last frames are kept only while the dashboard is on (run --web, "
                + "or sys/web); frames as they come: packetswitch observe -f");
        live.Client("capture").ShouldRefuse(
            2, "packetswitch: say where the capture goes: -w FILE.pcapng, or -w - for a pipe");
        live.Client("capture", "-w", At("no/such/out.pcapng")).ShouldExit(2);
        live.Client("capture", "-w", At("x.pcapng"), "--verdict", "droped").ShouldExit(2);
        live.Reader("capture", "-w", At("x.pcapng")).ShouldRefuse(
            5, "packetswitch: a capture holds what clients and servers say to each other and needs "
                + "admin.sock (run the command as the switch's user or root)");
        Assert.False(File.Exists(At("x.pcapng")));

        void Refused(string line, params string[] words)
            => live.Client(["observe", .. words]).ShouldRefuse(2, "packetswitch: " + line);
    }

    [Fact]
    public void Without_a_running_switch_there_is_one_line_and_exit_code_4()
    {
        foreach (string[] words in new string[][] { ["observe"], ["capture", "-w", At("x")] })
            Executable.Run([.. words, "--socket", "/nowhere"]).ShouldExit(4);
    }

    [SkippableFact]
    public void An_interruption_ends_with_the_figures_and_130_and_the_capture_is_whole()
    {
        using var live = new RunningSwitch(Config);
        using Executable observe = Start(live, ["observe", "--port", "9"]);
        using Executable capture = Start(
            live, ["capture", "-w", At("out.pcapng"), "--port", "9"]);

        SendUntil(live, () => observe.Output.Contains(Flooded, StringComparison.Ordinal)
            && new FileInfo(At("out.pcapng")) is { Exists: true, Length: > 1500 });
        observe.Signal("INT");
        capture.Signal("INT");

        Finished seen = observe.WaitForEnd().ShouldExit(130);
        Assert.EndsWith("frames observed, 0 not observed", Assert.Single(seen.ErrorLines));
        Finished written = capture.WaitForEnd().ShouldExit(130);
        Assert.Contains(" comments; 0 not observed", Assert.Single(written.ErrorLines));
        Assert.Empty(Tshark(At("out.pcapng"), "-Y", "_ws.malformed"));
    }

    [SkippableFact]
    public void The_end_of_the_switch_ends_them_with_one()
    {
        using var live = new RunningSwitch(Config);
        using Executable observe = Start(live, ["observe", "--port", "9"]);
        SendUntil(live, () => observe.Output.Length > 0);

        live.Signal("TERM");

        Finished end = observe.WaitForEnd().ShouldExit(1);
        Assert.Equal("packetswitch: the switch has ended", end.ErrorLines[^1]);
    }

    [SkippableFact]
    public void A_capture_has_frames_and_copies_names_and_comments_and_tshark_reads_all()
    {
        using var live = new RunningSwitch(Config);

        Finished end = While(
            live, "capture", "-w", At("out.pcapng"), "--count", "3", "--port", "9").ShouldExit(0);

        Assert.EndsWith(
            "out.pcapng: 3 frames in, 6 out, 6 of them copies joined by packet id, 9 comments; "
                + "0 not observed", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Tshark(At("out.pcapng"), "-Y", "_ws.malformed"));
        string[][] frames =
        [
            .. Tshark(At("out.pcapng"), "-T", "fields", "-e", "frame.packet_id",
                "-e", "frame.interface_name", "-e", "frame.packet_flags_direction",
                "-e", "frame.comment").Select(line => line.Split('\t')),
        ];
        Assert.Equal(9, frames.Length);
        foreach (IGrouping<string, string[]> of in frames.GroupBy(fields => fields[0]))
        {
            Assert.Equal(
                ["port1 (server)", "port2 (server)", "port8 (client)"],
                of.Select(fields => fields[1]).Order(StringComparer.Ordinal));
            Assert.Single(of, fields => fields[2].EndsWith('1'));
            Assert.All(of, fields => Assert.Equal(
                "FORWARDED to all other ports: its destination MAC is a group's or not learned "
                    + "(flood)", fields[3][(fields[3].IndexOf(' ') + 1)..]));
        }
        Finished info = Executable.RunCommand("capinfos", At("out.pcapng")).ShouldExit(0);
        Assert.Contains("PacketSwitch capture; configuration switch.cfg sha256:", info.Output);
    }

    [SkippableFact]
    public void A_ninth_watch_is_refused_and_an_end_makes_room()
    {
        using var live = new RunningSwitch(Config);
        List<Executable> eight =
            [.. Enumerable.Range(0, 8).Select(_ => Start(live, ["observe", "--port", "9"]))];
        SendUntil(live, () => eight.TrueForAll(one => one.Output.Length > 0));

        live.Client("observe", "--port", "9").ShouldRefuse(1, "packetswitch: 8 watches (observe, "
            + "capture, dashboard) are on already; end one");
        eight.ForEach(one => one.Signal("INT"));
        Assert.All(eight, one => one.WaitForEnd().ShouldExit(130));
        eight.ForEach(one => one.Dispose());

        // The switch sees a moment after its client that a watch has ended.
        Finished? next = null;
        SpinWait.SpinUntil(
            () => (next = While(live, "observe", "--port", "9", "--count", "1")).ExitCode == 0,
            Executable.Patience);
        next!.ShouldExit(0);
    }

    [SkippableFact]
    public void While_the_dashboard_is_on_the_last_frames_can_be_had_afterwards()
    {
        using var live = new RunningSwitch("sys / web 127.0.0.1:18099\n" + Config);
        Finished? last = null;
        SendUntil(live, () => (last = live.Client("observe", "--last", "3", "--port", "9"))
            .OutputLines.Length == 3);

        Assert.All(last!.ShouldExit(0).OutputLines, line => Assert.EndsWith(Flooded, line));
        Assert.StartsWith("3 of the last frames; since the start ", Assert.Single(last.ErrorLines));
        live.Download("v1/packets.pcapng?last=3&port=9", At("last.pcapng"));
        Assert.Equal(9, Tshark(At("last.pcapng"), "-Y", "udp.port == 9").Length);
        Assert.Empty(Tshark(At("last.pcapng"), "-Y", "_ws.malformed"));
    }

    private static Executable Start(RunningSwitch live, string[] words)
        => Executable.Start([.. Executable.Command, .. words, "--socket",
            words[0] == "capture" ? live.Sockets : live.Reading]);

    // When one that wants the frames has seen them, the others have had their chance.
    private static void Check(string[][] nothing, params string[] wanted)
    {
        using var live = new RunningSwitch(Config);
        List<Executable> watching =
            [.. nothing.Select(words => Start(live, ["observe", .. words]))];
        While(live, ["observe", "--count", "3", .. wanted]).ShouldExit(0);
        AssertNothing(watching);
    }

    // Frames go through the switch until the command has had enough.
    private static Finished While(RunningSwitch live, params string[] words)
    {
        using Executable program = Start(live, words);
        SendUntil(live, () => program.HasExited);
        return program.WaitForEnd();
    }

    private static void SendUntil(RunningSwitch live, Func<bool> isEnough)
    {
        long until = Environment.TickCount64 + (long)Executable.Patience.TotalMilliseconds;
        while (!isEnough() && Environment.TickCount64 < until)
            live.Send(1);
    }

    private static void AssertNothing(List<Executable> watching)
    {
        foreach (Executable one in watching)
        {
            using (one)
            {
                one.Signal("INT");
                Finished end = one.WaitForEnd().ShouldExit(130);
                Assert.Equal("", end.Output);
            }
        }
    }

    private static string[] Tshark(string file, params string[] options)
    {
        Skip.IfNot(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Any(folder => File.Exists(Path.Combine(folder, "tshark"))),
            "needs tshark: tools/setup.sh --test-peers");
        return Executable.RunCommand(["tshark", "-r", file, .. options]).ShouldExit(0)
            .Output.Split('\n')[..^1];
    }

    private static void AssertValid(string schema, JsonNode json)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Schemas", $"{schema}.json");
        Assert.Equal(
            [], JsonSchema.Problems(JsonNode.Parse(File.ReadAllText(path))!, json));
    }
}
