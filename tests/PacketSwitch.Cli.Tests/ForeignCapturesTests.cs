// Captures of other projects, the malformed ones too, through both replays: nothing crashes, the figures add up, the exit
// code is one of the documented ones. And real TCP comes back byte for byte.

using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class ForeignCapturesTests : TestFolder
{
    private const int Tcp = 6;
    private const int Http = 80;

    [SkippableTheory]
    [InlineData("98.139.134.187")]
    [InlineData("76.13.6.174")]
    [InlineData("98.139.161.29")]
    public void Every_answer_of_a_real_server_as_vip_is_byte_identical(string vip)
    {
        string capture = Surroundings.ForeignCapture("real-tcp.");
        (int held, int others) = CountAnswers(capture, IPAddress.Parse(vip));
        string config = Write("switch.cfg", ConfigFor(vip, "10.2.0.11"));

        Finished first = Replay(capture, config, "1").ShouldExit(0);
        Finished second = Replay(capture, config, "2").ShouldExit(0);

        Assert.NotEqual(0, held);
        JsonObject summary = first.Json();
        Summary.AssertAddsUp(summary);
        Assert.Equal(held, (int)summary["answers"]!["identical"]!);
        Assert.Equal(0, (int)summary["answers"]!["different"]!);
        Assert.Equal(others, (int)summary["answers"]!["no_session"]!);
        Assert.Equal(first.Output, second.Output);
        foreach (string file in new[] { "c", "s", "v" })
            Assert.Equal(File.ReadAllBytes(At(file + "1")), File.ReadAllBytes(At(file + "2")));
    }

    [SkippableFact]
    public void A_connection_whose_syn_is_cut_off_the_capture_is_no_session()
    {
        const string Vip = "98.139.134.187";
        string capture = Surroundings.ForeignCapture("real-tcp.");
        Stamped[] frames = Capture.Read(capture);
        int syn = Array.FindIndex(frames, frame => IsSegment(frame, out _, out IPAddress to, out byte flags)
            && to.Equals(IPAddress.Parse(Vip)) && (flags & (TestFrame.Syn | TestFrame.Ack)) == TestFrame.Syn);
        string rest = Write("rest.pcap", Capture.Pcap(frames[(syn + 1)..]));
        (int held, int others) = CountAnswers(rest, IPAddress.Parse(Vip));

        JsonObject summary = Replay(rest, Write("switch.cfg", ConfigFor(Vip, "10.2.0.11")), "").ShouldExit(0).Json();

        Assert.NotEqual(0, others);
        Assert.Equal(held, (int)summary["answers"]!["identical"]!);
        Assert.Equal(others, (int)summary["answers"]!["no_session"]!);
    }

    // The servers of each capture as VIPs, so that its frames reach the balancing and not only the bridge.
    [SkippableFact]
    public void No_capture_crashes_the_replays_and_the_figures_of_each_add_up()
    {
        foreach (string capture in Surroundings.ForeignCaptures())
        {
            string config = Write("switch.cfg", ConfigFor(ServersIn(capture)));

            Finished oneFile = Executable.Run("replay", capture, "-c", config, "--json");
            Finished twoSided = Executable.Run(
                "replay", "--in", $"8={capture}", "--in", $"1={capture}", "-c", config, "--json");

            foreach (Finished replay in new[] { oneFile, twoSided })
                AssertDocumented(Path.GetFileName(capture), replay);
            Assert.NotEqual(1, twoSided.ExitCode);
        }
    }

    private static void AssertDocumented(string capture, Finished replay)
    {
        Assert.True(replay.ExitCode is 0 or 1 or 2, $"{capture}: {replay.ExitCode}\n{replay.Errors}");
        Assert.DoesNotContain("   at ", replay.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", replay.Errors, StringComparison.Ordinal);
        string[] errors = [.. replay.ErrorLines.Where(line => line.StartsWith("capture ") || line.StartsWith("port "))];
        Assert.Equal(replay.ExitCode == 2 ? 1 : 0, errors.Length);
        if (replay.Output.Length == 0)
            return;
        JsonObject summary = replay.Json();
        Summary.AssertAddsUp(summary);
        Assert.Null(summary["dropped"]!["internal"]);
        long different = (long?)summary["answers"]?["different"] ?? 0;
        Assert.True((replay.ExitCode == 1) == (different > 0 && errors.Length == 0), $"{capture}: {replay.Output}");
    }

    // Every destination address of the capture with every destination port it is talked to on: as many as fit easily.
    private static string ConfigFor(string[] servers)
    {
        var lines = new List<string>
        {
            "real 1 / rip 10.2.0.11 / ena", "real 2 / rip 2001:db8:2::11 / ena",
            "group 1 / add 1", "group 2 / add 2", "port 8 / client ena", "port 1 / server ena", "slb on",
        };
        for (int i = 0; i < servers.Length; i++)
        {
            string[] halves = servers[i].Split(' ');
            int group = halves[0].Contains(':') ? 2 : 1;
            lines.Add($"virt {i + 1} / vip {halves[0]} / ena");
            foreach (string service in halves[1..])
            {
                lines.Add($"virt {i + 1}/service {service}");
                lines.Add($"    group {group}");
                lines.Add("    protocol both");
            }
        }
        return string.Join('\n', lines) + "\n";
    }

    private static string ConfigFor(string vip, string real) => $"""
        real 1 / rip {real} / ena
        group 1 / add 1
        virt 1 / vip {vip} / ena
        virt 1/service 80
            group 1
            rport 8080
        port 8 / client ena
        port 1 / server ena
        slb on

        """;

    // Only what a plain reading finds: captures that this reader cannot read get a VIP that nobody talks to.
    private static string[] ServersIn(string capture)
    {
        var servers = new Dictionary<IPAddress, SortedSet<int>>();
        try
        {
            foreach (Stamped frame in Capture.Read(capture))
            {
                if (TryReadFlow(frame.Bytes, out IPAddress address, out int port) && servers.Count < 20
                    && !IPAddress.IsLoopback(address) && address.GetAddressBytes()[0] is > 0 and < 224)
                {
                    servers.TryAdd(address, []);
                    if (port > 0 && servers[address].Count < 20)
                        servers[address].Add(port);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
        }
        string[] found = [.. servers.Where(server => server.Value.Count > 0)
            .Select(server => $"{server.Key} {string.Join(' ', server.Value)}")];
        return found.Length > 0 ? found : ["198.51.100.1 80"];
    }

    private static bool TryReadFlow(byte[] frame, out IPAddress destination, out int port)
    {
        destination = IPAddress.None;
        port = 0;
        int type = frame.Length < 74 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        int header = type == 0x86dd ? 40 : (frame.Length > 14 ? frame[14] & 0xf : 0) * 4;
        if (type is not (0x0800 or 0x86dd) || 14 + header + 4 > frame.Length)
            return false;
        destination = new IPAddress(type == 0x86dd ? frame[38..54] : frame[30..34]);
        port = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(14 + header + 2));
        return true;
    }

    // What the replay must find, read off the capture by itself: answers of the VIP after the client's SYN, and before.
    private static (int Held, int Others) CountAnswers(string capture, IPAddress vip)
    {
        var begun = new HashSet<string>();
        int held = 0;
        int others = 0;
        foreach (Stamped frame in Capture.Read(capture))
        {
            if (!IsSegment(frame, out IPAddress from, out IPAddress to, out byte flags))
                continue;
            int header = 14 + ((frame.Bytes[14] & 0xf) * 4);
            int source = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.AsSpan(header));
            int destination = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.AsSpan(header + 2));
            if (to.Equals(vip) && destination == Http && (flags & (TestFrame.Syn | TestFrame.Ack)) == TestFrame.Syn)
                begun.Add($"{from}:{source}");
            else if (from.Equals(vip) && source == Http && begun.Contains($"{to}:{destination}"))
                held++;
            else if (from.Equals(vip) && source == Http)
                others++;
        }
        return (held, others);
    }

    private static bool IsSegment(Stamped frame, out IPAddress from, out IPAddress to, out byte flags)
    {
        byte[] bytes = frame.Bytes;
        from = to = IPAddress.None;
        flags = 0;
        if (bytes.Length < 54 || bytes[12] != 0x08 || bytes[13] != 0 || bytes[23] != Tcp)
            return false;
        from = new IPAddress(bytes[26..30]);
        to = new IPAddress(bytes[30..34]);
        flags = bytes[14 + ((bytes[14] & 0xf) * 4) + 13];
        return true;
    }

    private Finished Replay(string capture, string config, string suffix) => Executable.Run(
        "replay", capture, "-c", config, "--json", "--verdicts", At("v" + suffix),
        "--out", $"8={At("c" + suffix)}", "--out", $"1={At("s" + suffix)}");
}
