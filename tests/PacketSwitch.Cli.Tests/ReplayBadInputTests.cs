// What replay says to files and options it cannot use: one line with the file, what is wrong and what to do; exit code 2,
// and never a harmed input.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class ReplayBadInputTests : TestFolder
{
    private const long Start = 1_700_000_000_000_000_000;

    private static readonly byte[] Frame =
        new TestFrame("192.0.2.101:5000", "192.0.2.200:6000") { Payload = "a datagram" }.ToBytes();

    private static readonly byte[] Good = Capture.Pcap([new(Start, Frame), new(Start + 1, Frame), new(Start + 2, Frame)]);

    public ReplayBadInputTests()
    {
        Write("switch.cfg", Configurations.TwoRealsWithMacs);
        Write("good.pcap", Good);
    }

    [Fact]
    public void A_capture_that_does_not_exist_is_one_line()
    {
        Replay("--in", "8=nothing.pcap").ShouldRefuse(2, "port 8: capture nothing.pcap: does not exist");
        Replay("nothing.pcap").ShouldRefuse(2, "capture nothing.pcap: does not exist");
    }

    [Theory]
    [InlineData(113, "LinuxSll (113)")]
    [InlineData(12, "RawLegacy (12)")]
    [InlineData(105, "Ieee80211 (105)")]
    public void Another_link_type_is_one_line(int linkType, string name)
    {
        Write("cooked.pcap", Capture.Pcap([new(Start, Frame)], linkType: linkType));
        string line = $"capture cooked.pcap: has link type {name}, not Ethernet; "
            + "capture on an Ethernet interface (not on 'any')";

        Replay("--in", "8=cooked.pcap").ShouldRefuse(2, $"port 8: {line}");
        Replay("cooked.pcap").ShouldRefuse(2, line);
    }

    [Fact]
    public void What_is_no_capture_is_one_line()
    {
        Write("text.pcap", "this is no capture\n");
        Write("empty.pcap", "");

        AssertOneLine(Replay("--in", "8=text.pcap"), "port 8: capture text.pcap: is not a capture that can be read: ");
        AssertOneLine(Replay("text.pcap"), "capture text.pcap: is not a capture that can be read: ");
        AssertOneLine(Replay("empty.pcap"), "capture empty.pcap: is not a capture that can be read: ");
        AssertOneLine(Replay("."), "capture .: is a directory; ");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(70, 1)]
    public void A_truncated_capture_is_used_up_to_there_and_said_in_one_line(int missing, int whole)
    {
        Write("cut.pcap", Good[..^missing]);
        string line = $"capture cut.pcap: is truncated after frame {whole}; the frames before that are used, "
            + "copy the file again for the rest";

        Finished twoSided = Replay("--in", "8=cut.pcap", "--out", "1=s.pcap", "--json").ShouldExit(2);
        Finished oneFile = Replay("cut.pcap", "--json").ShouldExit(2);

        Assert.Equal(line, Assert.Single(twoSided.ErrorLines));
        Assert.Equal(line, Assert.Single(oneFile.ErrorLines));
        Assert.Equal(whole, (int)twoSided.Json()["received"]!);
        Assert.Equal(whole, (int)oneFile.Json()["received"]!);
        Assert.Equal(whole, Capture.Read(At("s.pcap")).Count(frame => frame.Bytes.AsSpan().SequenceEqual(Frame)));
    }

    [Fact]
    public void A_truncated_capture_does_not_stop_the_other_one()
    {
        Write("cut.pcap", Good[..^1]);

        Finished replay = Replay("--in", "1=cut.pcap", "--in", "8=good.pcap", "--json").ShouldExit(2);

        Assert.Equal(5, (int)replay.Json()["received"]!);
    }

    [Theory]
    [InlineData("--out", "1=no-such-folder/s.pcap", "port 1: capture no-such-folder/s.pcap: cannot be written: ")]
    [InlineData("--out", "1=.", "port 1: capture .: cannot be written: ")]
    [InlineData("--verdicts", "no-such-folder/v.jsonl", "--verdicts no-such-folder/v.jsonl: cannot write: ")]
    [InlineData("--verdicts", ".", "--verdicts .: cannot write: ")]
    public void An_output_that_cannot_be_made_is_one_line(string option, string value, string begin)
    {
        AssertOneLine(Replay("--in", "8=good.pcap", option, value), begin);
    }

    [Fact]
    public void An_output_of_the_one_file_replay_that_cannot_be_made_is_one_line()
    {
        AssertOneLine(
            Replay("good.pcap", "--out", "8=no-such-folder/c.pcap"), "capture no-such-folder/c.pcap: cannot be written: ");
    }

    [SkippableTheory]
    [InlineData("--in 8=good.pcap --out 1=/dev/full", "capture /dev/full: writing failed after frame ")]
    [InlineData("good.pcap --out 1=/dev/full", "capture /dev/full: writing failed after frame ")]
    [InlineData("--in 8=good.pcap --verdicts /dev/full", "--verdicts /dev/full: cannot write: ")]
    [InlineData("good.pcap --verdicts /dev/full", "--verdicts /dev/full: cannot write: ")]
    public void A_full_disk_is_one_line(string arguments, string begin)
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");

        Finished replay = Replay(arguments.Split(' ')).ShouldExit(2);

        Assert.StartsWith(begin, Assert.Single(replay.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--in", "9=good.pcap", "--in 9=good.pcap: the configuration has no port 9 (ports: 1, 8)")]
    [InlineData("--out", "9=s.pcap", "--out 9=s.pcap: the configuration has no port 9 (ports: 1, 8)")]
    [InlineData("--in", "good.pcap", "--in good.pcap: expected PORT=FILE, for example --in 8=client.pcap")]
    [InlineData("--in", "8=", "--in 8=: expected PORT=FILE, for example --in 8=client.pcap")]
    [InlineData("--in", "8=other.pcap", "--in 8=other.pcap: port 8 has a file already")]
    public void A_port_that_makes_no_sense_is_one_line(string option, string value, string line)
    {
        Replay("--in", "8=good.pcap", option, value).ShouldRefuse(2, line);
    }

    [Fact]
    public void A_configuration_without_ports_is_said()
    {
        Write("switch.cfg", "slb off\n");

        Replay("--in", "8=good.pcap")
            .ShouldRefuse(2, "--in 8=good.pcap: the configuration has no port 8 (it has none)");
        AssertOneLine(Replay("good.pcap"), "replaying one file needs a client port and a server port in the configuration ");
    }

    [Fact]
    public void A_configuration_with_an_error_is_not_replayed()
    {
        Write("switch.cfg", "real 1 / rip 1.2.3 / ena\n");

        Finished replay = Replay("--in", "8=good.pcap", "--out", "1=s.pcap").ShouldExit(3);

        Assert.StartsWith("switch.cfg:1:", replay.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(replay.Output);
        Assert.False(File.Exists(At("s.pcap")));
    }

    [Theory]
    [InlineData("--in 8=good.pcap --out 8=good.pcap", "--out 8=good.pcap")]
    [InlineData("--in 8=good.pcap --out 1=good.pcap", "--out 1=good.pcap")]
    [InlineData("--in 8=good.pcap --out 1=./link.pcap", "--out 1=./link.pcap")]
    [InlineData("--in 8=good.pcap --verdicts good.pcap", "--verdicts good.pcap")]
    [InlineData("good.pcap --out 1=good.pcap", "--out 1=good.pcap")]
    [InlineData("--in 8=good.pcap --out 1=x.pcap --out 8=x.pcap", "--out 8=x.pcap")]
    [InlineData("--in 8=good.pcap --out 1=switch.cfg", "--out 1=switch.cfg")]
    public void A_file_that_is_read_is_never_written(string arguments, string culprit)
    {
        File.CreateSymbolicLink(At("link.pcap"), At("good.pcap"));

        Replay(arguments.Split(' ')).ShouldRefuse(2, $"{culprit}: this file is used already; name another");

        Assert.Equal(Good, File.ReadAllBytes(At("good.pcap")));
        Assert.Equal(Configurations.TwoRealsWithMacs, File.ReadAllText(At("switch.cfg")));
    }

    [Fact]
    public void A_capture_without_frames_gives_figures_of_nothing()
    {
        Write("none.pcap", Capture.Pcap([]));

        foreach (string[] arguments in (string[][])[["--in", "8=none.pcap"], ["none.pcap"]])
        {
            JsonObject json = Replay([.. arguments, "--json", "--verdicts", "v.jsonl"]).ShouldExit(0).Json();

            Assert.Equal(0, (int)json["received"]!);
            Assert.Empty(File.ReadAllBytes(At("v.jsonl")));
        }
    }

    [Fact]
    public void Frames_that_no_port_can_carry_and_cut_ones_are_dropped_and_counted()
    {
        byte[] huge = [.. Frame, .. new byte[100_000]];
        Write("huge.pcap", Capture.Pcap([new(Start, huge), new(Start + 1, Frame)]));
        Write("cut.pcap", Capture.Pcap([new(Start, Frame), new(Start + 1, Frame)], cutAt: 40));

        foreach (string[] option in (string[][])[["--in", "8=huge.pcap"], ["huge.pcap"], ["--in", "8=cut.pcap"], ["cut.pcap"]])
        {
            JsonObject json = Replay([.. option, "--json", "--verdicts", "v.jsonl"]).ShouldExit(0).Json();

            Summary.AssertAddsUp(json);
            Assert.Equal(
                option[^1].Contains("huge") ? 1 : 2, (int)json["dropped"]!["malformed-truncated"]!);
            Assert.Equal(2, File.ReadLines(At("v.jsonl")).Count());
        }
    }

    [Fact]
    public void A_corrupt_time_stamp_ends_in_good_time()
    {
        Write("times.pcap", Capture.Pcap([new(Start, Frame), new(4_200_000_000_000_000_000, Frame), new(0, Frame)]));

        JsonObject json = Replay("--in", "8=times.pcap", "--out", "1=s.pcap", "--json").ShouldExit(0).Json();

        Assert.Equal(3, (int)json["received"]!);
    }

    [Fact]
    public void Seconds_of_32_bits_have_no_sign()
    {
        const long Late = 0xffff_fff0L * 1_000_000_000;
        Write("late.pcap", Capture.Pcap([new(Late + 7, Frame)]));

        Replay("--in", "8=late.pcap", "--verdicts", "v.jsonl").ShouldExit(0);

        Assert.Contains(
            "\"time\":4294967280.000000007,", Assert.Single(File.ReadLines(At("v.jsonl"))),
            StringComparison.Ordinal);
    }

    private static void AssertOneLine(Finished replay, string begin)
    {
        replay.ShouldExit(2);
        Assert.StartsWith(begin, Assert.Single(replay.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(replay.Output);
    }

    private Finished Replay(params string[] arguments)
        => Executable.RunIn(At(""), ["replay", "-c", "switch.cfg", .. arguments]);
}
