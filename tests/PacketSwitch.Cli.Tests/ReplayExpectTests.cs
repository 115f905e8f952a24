// replay --expect, --bless, --stats and --loop on the committed capture of three clients.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class ReplayExpectTests : TestFolder
{
    [Fact]
    public void The_committed_capture_is_what_its_maker_makes()
    {
        ThreeClients.Hold(ThreeClients.Capture, Capture.Pcap(ThreeClients.Frames()));
    }

    [Fact]
    public void What_leaves_the_switch_is_what_was_blessed()
    {
        if (ThreeClients.IsBlessing)
            Replay("--expect", ThreeClients.Expected, "--bless");

        Finished replayed = Replay("--expect", ThreeClients.Expected);

        int frames = ThreeClients.Frames().Length;
        Assert.Equal(0, replayed.ExitCode);
        Assert.Contains($"Expected: {frames} of {frames} packets equal", replayed.Output);
    }

    [Fact]
    public void A_difference_names_the_frame_the_field_and_both_values()
    {
        string changed = Write("changed.cfg", File.ReadAllText(ThreeClients.Config).Replace("192.0.2.5", "192.0.2.55"));

        Finished replayed = Executable.Run(
            "replay", ThreeClients.Capture, "-c", changed, "--expect", ThreeClients.Expected);

        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("frame 1: ip.dst expected 192.0.2.5 got 192.0.2.55", replayed.Output);
        Assert.Contains("--bless", replayed.Output);
    }

    [Fact]
    public void A_frame_too_few_is_a_difference()
    {
        string shorter = Write("shorter.pcap", Capture.Pcap(ThreeClients.Frames()[..^1]));
        string longer = At("longer.pcap");
        Assert.Equal(0, Replay("--expect", longer, "--bless").ExitCode);

        Finished replayed = Executable.Run("replay", shorter, "-c", ThreeClients.Config, "--expect", longer);

        Assert.Equal(1, replayed.ExitCode);
        int frames = ThreeClients.Frames().Length;
        Assert.Contains($"frames: expected {frames} got {frames - 1}", replayed.Output);
    }

    [Theory]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Bless_makes_what_leaves_now_the_expectation(string name)
    {
        Assert.Equal(0, Replay("--expect", At(name), "--bless").ExitCode);

        Finished replayed = Replay("--expect", At(name));

        Assert.Equal(0, replayed.ExitCode);
        Assert.Contains("packets equal", replayed.Output);
    }

    [Fact]
    public void An_expectation_that_is_not_there_is_one_line()
    {
        Finished replayed = Replay("--expect", At("missing.pcap"));

        Assert.Equal(2, replayed.ExitCode);
        Assert.Contains("missing.pcap", replayed.Errors);
    }

    [Fact]
    public void The_statistics_count_packets_flows_and_sessions_by_real_server()
    {
        Finished replayed = Replay("--stats", "--loop", "3");

        Assert.Equal(0, replayed.ExitCode);
        Assert.Contains($"Actual: {ThreeClients.Frames().Length} packets (", replayed.Output);
        Assert.Contains("median of 3 loops", replayed.Output);
        Assert.Contains("Flows: ", replayed.Output);
        Assert.Contains($"{ThreeClients.Connections} new sessions     Reals: web1 2  web2 3", replayed.Output);
    }

    [Fact]
    public void The_json_statistics_agree_with_the_text()
    {
        JsonNode json = JsonNode.Parse(Replay("--stats", "--json").Output)!;

        Assert.Equal(ThreeClients.Frames().Length, (int)json["stats"]!["packets"]!);
        Assert.Equal(ThreeClients.Connections, (int)json["stats"]!["new_sessions"]!);
        Assert.Equal(3, (int)json["stats"]!["sessions_by_real"]!["2"]!);
    }

    [Theory]
    [InlineData("--bless needs --expect", "--bless")]
    [InlineData("--loop needs --stats", "--loop", "4")]
    [InlineData("--loop 0 is not from 1", "--stats", "--loop", "0")]
    public void Options_that_make_no_sense_together_are_refused(string expected, params string[] options)
    {
        Finished refused = Replay(options);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Errors);
    }

    private static Finished Replay(params string[] options)
        => Executable.Run(["replay", ThreeClients.Capture, "-c", ThreeClients.Config, .. options]);
}
