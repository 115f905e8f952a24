// explain, as a person uses it: a frame of a capture, a flow in words, text, one line, JSON; and
// what a wrong question is answered with.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class ExplainCommandTests : TestFolder
{
    private static readonly string Config = ThreeClients.Config;

    [Fact]
    public void The_first_frame_of_a_session_is_explained_step_by_step_with_the_lines_behind_it()
    {
        Finished explained =
            Executable.Run("explain", ThreeClients.Capture, "-c", Config, "--packet", "1");

        Assert.Equal(0, explained.ExitCode);
        Assert.Contains("#1 ", explained.Output);
        Assert.Contains("port 8 client ena", explained.Output);
        Assert.Contains("not among 0 sessions", explained.Output);
        Assert.Contains("virt 1 (web) service 80 > group 1, rport 8080", explained.Output);
        Assert.Matches(@"three-clients\.cfg:16", explained.Output);
        Assert.Contains("2 of 3", explained.Output);
        Assert.Contains("real 3 (web3) skipped: disabled", explained.Output);
        Assert.Contains("real 1 (web1): 0 sessions / weight 1 = 0 <= picked", explained.Output);
        Assert.Contains("ip.dst 192.0.2.2 > 192.0.2.5", explained.Output);
        Assert.Contains("tcp.dstport 80 > 8080", explained.Output);
        Assert.EndsWith("FORWARDED to real 1 (web1)\n", explained.Output);
    }

    [Fact]
    public void A_frame_of_a_known_session_names_the_session_that_earlier_frames_opened()
    {
        Finished explained =
            Executable.Run("explain", ThreeClients.Capture, "-c", Config, "--packet", "3");

        Assert.Contains("session   hit", explained.Output);
        Assert.Contains("FORWARDED to real", explained.Output);
    }

    [Fact]
    public void An_answer_is_explained_as_the_server_would_have_sent_it()
    {
        Finished explained = Executable.Run(
            "explain", ThreeClients.Capture, "-c", Config, "--packet", "2", "--brief");

        Assert.Contains(
            "FORWARDED to the client, from real 1 (web1), known session", explained.Output);
    }

    [Fact]
    public void A_flow_in_words_needs_no_capture()
    {
        Finished explained = Executable.Run(
            "explain", "tcp", "192.0.2.101:40000", "192.0.2.5:8080", "-c", Config, "--brief");

        Assert.Equal(0, explained.ExitCode);
        Assert.Contains("DROPPED dam-off: real 1 (web1) serves a virtual server on this port",
            explained.Output);
        Assert.Contains("/c/slb/adv/direct ena", explained.Output);
        Assert.Single(explained.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_flow_of_icmp_has_no_ports()
    {
        Finished explained =
            Executable.Run("explain", "icmp", "192.0.2.101", "192.0.2.2", "-c", Config);

        Assert.Contains("PUNTED echo", explained.Output);
    }

    [Fact]
    public void A_filter_in_the_language_of_tcpdump_chooses_frames()
    {
        Finished explained = Executable.Run(
            "explain", ThreeClients.Capture, "-c", Config, "--filter",
                "tcp[tcpflags] & tcp-syn != 0 and src net 192.0.2.96/27",
            "--brief");

        string[] lines = explained.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ThreeClients.Connections, lines.Length);
        Assert.All(lines, line => Assert.Contains("new session: leastconns", line));
    }

    [Fact]
    public void The_json_has_the_steps_and_the_verdict_of_the_text()
    {
        Finished explained = Executable.Run(
            "explain", ThreeClients.Capture, "-c", Config, "--packet", "1", "--json");

        JsonNode json = JsonNode.Parse(explained.Output)!;
        Assert.Equal(1, (int)json["schema"]!);
        Assert.Equal("transmit", (string?)json["verdict"]);
        Assert.Equal("new", (string?)json["reason"]);
        Assert.Equal(1, (int)json["real"]!);
        Assert.Equal([1], json["out"]!.AsArray().Select(port => (int)port!));
        Assert.Contains(json["steps"]!.AsArray(), step
            => (string?)step!["step"] == "metric" && (string?)step["result"] == "leastconns");
    }

    [Fact]
    public void Explaining_changes_no_file()
    {
        byte[] before = File.ReadAllBytes(ThreeClients.Capture);

        Executable.Run("explain", ThreeClients.Capture, "-c", Config);

        Assert.Equal(before, File.ReadAllBytes(ThreeClients.Capture));
    }

    [Theory]
    [InlineData("give a capture FILE or a flow", "explain", "-c", "CFG")]
    [InlineData("is no ADDRESS:PORT", "explain", "tcp", "192.0.2.1", "192.0.2.2:80", "-c", "CFG")]
    [InlineData("needs two ends", "explain", "tcp", "192.0.2.1:1", "-c", "CFG")]
    [InlineData("different address families", "explain", "udp", "192.0.2.1:1", "[2001:db8::1]:80",
        "-c", "CFG")]
    [InlineData("is no protocol", "explain", "sctp", "192.0.2.1:1", "192.0.2.2:80", "-c", "CFG")]
    [InlineData("has no port 9", "explain", "tcp", "192.0.2.1:1", "192.0.2.2:80", "-c", "CFG",
        "--in-port", "9")]
    [InlineData("frames are counted from 1", "explain", "PCAP", "-c", "CFG", "--packet", "0")]
    [InlineData("give either --packet, one frame, or --filter, those that match", "explain", "PCAP",
        "-c", "CFG", "--packet", "1", "--filter", "tcp")]
    [InlineData("choose frames of a capture, and a flow in words is one", "explain", "tcp",
        "192.0.2.1:1", "192.0.2.2:80", "-c", "CFG", "--packet", "2")]
    [InlineData("no filter", "explain", "PCAP", "-c", "CFG", "--filter", "tcp prot 80")]
    public void A_wrong_question_is_answered_with_one_line(
        string expected, params string[] arguments)
    {
        string[] words = [.. arguments.Select(
            word => word == "CFG" ? Config : word == "PCAP" ? ThreeClients.Capture : word)];

        Finished refused = Executable.Run(words);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Errors);
        Assert.Empty(refused.Output);
        Assert.DoesNotContain("   at ", refused.Errors);
    }

    [Theory]
    [InlineData("it has 4,352 characters; at most 4,096 are taken", "host 192.0.2.1", 242)]
    [InlineData("it has 400 words; at most 256 are taken, not counting and, or", "port 1", 200)]
    [InlineData("instructions; at most 10,000 are taken", "portrange 1-9", 120)]
    public void A_filter_that_libpcap_would_work_on_for_minutes_is_refused_at_once(
        string expected, string term, int terms)
    {
        string filter = string.Join(" or ", Enumerable.Repeat(term, terms));

        Finished refused = Executable.Run(
            "explain", ThreeClients.Capture, "-c", Config, "--filter", filter);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, Assert.Single(refused.ErrorLines));
        Assert.True(refused.ErrorLines[0].Length < 200, refused.ErrorLines[0]);
    }

    [Fact]
    public void A_filter_of_a_hundred_hosts_is_taken()
    {
        string hosts = string.Join(" or ", Enumerable.Range(1, 250).Select(i => $"192.0.2.{i}"));

        Executable.Run("explain", ThreeClients.Capture, "-c", Config, "--brief", "--limit", "1",
            "--filter", $"host ({hosts})").ShouldExit(0);
    }

    [Fact]
    public void A_frame_that_the_capture_does_not_hold_is_named()
    {
        Finished refused =
            Executable.Run("explain", ThreeClients.Capture, "-c", Config, "--packet", "900");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("has no frame 900", refused.Errors);
    }
}
