// The annotated capture of a replay, read by an unmodified tshark: comments, directions, interface names, packet ids and names, counted and
// compared with what the replay says of itself. Skipped where tshark is not (tools/setup.sh --test-peers).

using System.Text.RegularExpressions;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed partial class AnnotatedCaptureTests : TestFolder
{
    private string Out => At("out.pcapng");

    [Fact]
    public void Two_runs_write_the_same_bytes()
    {
        Replay(Out);
        Replay(At("again.pcapng"));

        Assert.Equal(File.ReadAllBytes(Out), File.ReadAllBytes(At("again.pcapng")));
    }

    [SkippableFact]
    public void Tshark_reads_every_frame_and_calls_none_malformed()
    {
        Finished replayed = Replay(Out);
        (int inbound, int outbound, int copies, int comments) = Figures(replayed.Output);

        Assert.Equal(inbound + outbound, Tshark("frame.number").Length);
        Assert.Empty(Tshark("frame.number", "_ws.malformed"));
        Assert.Equal(ThreeClients.Frames().Length, inbound);
        Assert.Equal(comments, Tshark("frame.comment").Count(line => line.Length > 0));
        Assert.Equal(inbound + copies, Tshark("frame.packet_id").Count(line => line.Length > 0));
    }

    [SkippableFact]
    public void A_frame_and_its_copy_have_one_packet_id_and_opposite_directions()
    {
        Replay(Out);

        var pairs = Tshark("frame.packet_id", null, "frame.packet_flags_direction", "frame.interface_name")
            .Select(line => line.Split('\t')).GroupBy(fields => fields[0]).ToArray();

        Assert.Equal(ThreeClients.Frames().Length, pairs.Length);
        Assert.All(pairs, pair =>
        {
            Assert.Equal(2, pair.Count());
            Assert.Equal([1, 2], pair.Select(fields => Convert.ToInt32(fields[1].Replace("0x", ""), 16)).Order());
            Assert.Equal(["port1 (server)", "port8 (client)"], pair.Select(fields => fields[2]).Order(StringComparer.Ordinal));
        });
    }

    [SkippableFact]
    public void Comments_name_the_server_as_often_as_the_verdicts_do()
    {
        string verdicts = At("v.jsonl");
        Executable.Run("replay", ThreeClients.Capture, "-c", ThreeClients.Config, "-o", Out, "--verdicts", verdicts);

        int counted = File.ReadLines(verdicts).Count(line => line.Contains("\"real\":2"));
        int shown = Tshark("frame.number", "frame.comment contains \"real 2\"").Length;

        Assert.True(counted > 0);
        Assert.Equal(2 * counted, shown); // The frame and its copy.
    }

    [SkippableFact]
    public void Names_of_virtual_and_real_servers_stand_in_the_file()
    {
        Replay(Out);

        string[] names = Tshark(["-N", "n", "-T", "fields", "-e", "ip.dst_host"]);

        Assert.Contains("web", names);
        Assert.Contains("web1", names);
        Assert.Contains("web2", names);
    }

    [SkippableFact]
    public void Capinfos_finds_the_configuration_and_the_application()
    {
        Replay(Out);
        NeedsTshark();

        Finished read = Executable.RunCommand("capinfos", Out);

        Assert.Equal(0, read.ExitCode);
        Assert.Contains("configuration three-clients.cfg sha256:", read.Output);
        Assert.Contains("PacketSwitch", read.Output);
        Assert.Matches(@"Number of interfaces in file:\s+2", read.Output);
    }

    [SkippableFact]
    public void Drops_answers_and_super_frames_are_annotated_too()
    {
        var wrongPort = new TestFrame("192.0.2.101:5000", "192.0.2.2:81") { Flags = TestFrame.Syn };
        var stray = new TestFrame("192.0.2.101:5001", "192.0.2.2:80") { Flags = TestFrame.Ack };
        string capture = Write("drops.pcap", Support.Capture.Pcap([new Stamped(1_000, wrongPort.ToBytes()), new Stamped(2_000, stray.ToBytes())]));

        Executable.Run("replay", capture, "-c", ThreeClients.Config, "-o", Out);

        string[] comments = Tshark("frame.comment");
        Assert.Contains(comments, comment => comment.Contains("DROPPED incorrect-vport"));
        Assert.Contains(comments, comment => comment.StartsWith("ORIGINATED because of #2, which was DROPPED no-session", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_one_line()
    {
        Finished refused = Replay(At("no/such/folder.pcapng"));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("cannot be written", refused.Errors);
    }

    private static Finished Replay(string to)
        => Executable.Run("replay", ThreeClients.Capture, "-c", ThreeClients.Config, "-o", to);

    private static (int In, int Out, int Copies, int Comments) Figures(string output)
    {
        Match match = FiguresLine().Match(output);
        Assert.True(match.Success, output);
        int Number(int group) => int.Parse(match.Groups[group].Value);
        return (Number(1), Number(2), Number(3), Number(4));
    }

    private string[] Tshark(string field, string? filter = null, params string[] more)
        => Tshark([.. filter is null ? [] : (string[])["-Y", filter], "-T", "fields", "-e", field, .. more.SelectMany(each => (string[])["-e", each])]);

    private string[] Tshark(string[] options)
    {
        NeedsTshark();
        Finished read = Executable.RunCommand(["tshark", "-r", Out, .. options]);
        Assert.Equal(0, read.ExitCode);
        return read.Output.Split('\n')[..^1];
    }

    private static void NeedsTshark()
        => Skip.IfNot(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "tshark"))),
            "needs tshark: tools/setup.sh --test-peers");

    [GeneratedRegex(@": (\d+) frames in, (\d+) out, (\d+) of them copies joined by packet id, (\d+) comments")]
    private static partial Regex FiguresLine();
}
