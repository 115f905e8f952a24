// Conversations that others captured, over IPv6 and in fragments, replayed through balanced
// services: nothing is lost without a reason, the answers come back byte for byte, and every
// fragment of a datagram goes to one server, also when the fragments come in another order.

using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class CapturedConversationsTests : TestFolder
{
    private const string NfsServer = "10.118.213.211";
    private const string SipServer = "10.226.2.154";
    private const int Ethernet = 14;

    [SkippableFact]
    public void Every_answer_over_IPv6_is_byte_identical()
    {
        string capture = Surroundings.ForeignCapture("ipv6.packetnet.ipv6_http");

        JsonObject summary = Replay(capture, "2001:6f8:900:7c0::2", "2001:db8:2::1", "80");

        AssertFigures(summary, received: 10, transmitted: 10, identical: 4);
    }

    [SkippableFact]
    public void Fragmented_requests_reach_one_server_and_its_answers_are_byte_identical()
    {
        string capture = Surroundings.ForeignCapture("fragments.pcapplusplus.ip4_fragments");
        Stamped[] unlike = Distinct(Capture.Read(capture));

        JsonObject summary = Replay(capture, NfsServer, "10.2.0.1", "2049");

        // 14 fragments are in the capture twice, with the same identification and offset.
        Assert.Equal(14, (int)summary["dropped"]!["fragment-duplicate"]!);
        AssertFigures(summary, received: 53, transmitted: 39, identical: 3);
        AssertWholeAtOneServer(unlike);
    }

    [SkippableFact]
    public void Fragments_in_reverse_reach_one_server_whole()
    {
        string capture = Surroundings.ForeignCapture("fragments.pcapplusplus.ip4_fragments");
        Stamped[] unlike = Distinct(Capture.Read(capture));
        Stamped[] reversed = [.. unlike.GroupBy(frame => Identification(frame.Bytes))
            .SelectMany(datagram => datagram.Reverse().Zip(
                datagram, (late, early) => early with { Bytes = late.Bytes }))];
        string file = Write("reversed.pcap", Capture.Pcap(reversed));

        JsonObject summary = Replay(file, NfsServer, "10.2.0.1", "2049");

        AssertFigures(summary, received: 39, transmitted: 39, identical: 3);
        AssertWholeAtOneServer(unlike);
    }

    // The capturing host left the IP header checksum of its own packets to its card: such frames
    // were never on a wire.
    [SkippableFact]
    public void Answers_are_byte_identical_once_their_checksums_are_those_of_the_wire()
    {
        string capture = Surroundings.ForeignCapture("fragments.packetnet.udp-ip-fragmented");
        JsonObject asCaptured = Replay(capture, SipServer, "10.2.0.1", "5060");
        Assert.Equal(6, (int)asCaptured["dropped"]!["bad-checksum"]!);
        Assert.Equal(6, (int)asCaptured["answers"]!["refused"]!);
        Stamped[] finished = [.. Capture.Read(capture)
            .Select(frame => frame with { Bytes = WithHeaderChecksum(frame.Bytes) })];
        string file = Write("finished.pcap", Capture.Pcap(finished));

        JsonObject summary = Replay(file, SipServer, "10.2.0.1", "5060");

        AssertFigures(summary, received: 14, transmitted: 14, identical: 6);
    }

    [SkippableFact]
    public void Fragments_of_a_connection_that_nobody_opened_are_all_counted_as_such()
    {
        string capture = Surroundings.ForeignCapture("fragments.pcapplusplus.frag_http_req");

        JsonObject summary = Replay(capture, "216.137.33.81", "10.2.0.1", "80");

        Assert.Equal(11, (int)summary["dropped"]!["no-session"]!);
        AssertFigures(summary, received: 11, transmitted: 0, identical: 0);
    }

    [SkippableFact]
    public void Fragments_that_concern_no_server_pass_unchanged()
    {
        string capture = Surroundings.ForeignCapture("fragments.pcapplusplus.ip6_fragments");

        JsonObject summary = Replay(capture, "2001:db8::1", "2001:db8:2::1", "80");

        AssertFigures(summary, received: 36, transmitted: 36, identical: 0);
        Assert.Equal(
            Capture.Read(capture).Select(frame => Convert.ToHexString(frame.Bytes)),
            Capture.Read(At("servers.pcap")).Select(frame => Convert.ToHexString(frame.Bytes)));
    }

    private static void AssertFigures(
        JsonObject summary, int received, int transmitted, int identical)
    {
        Summary.AssertAddsUp(summary);
        Assert.Equal(received, (int)summary["received"]!);
        Assert.Equal(transmitted, (int)summary["transmitted"]!);
        Assert.Equal(identical, (int)summary["answers"]!["identical"]!);
        Assert.Equal(0, (int)summary["answers"]!["different"]!);
    }

    // What left towards servers is what clients sent, each datagram with all its bytes, and to one
    // server.
    private void AssertWholeAtOneServer(Stamped[] sent)
    {
        byte[][] left = [.. Capture.Read(At("servers.pcap")).Select(frame => frame.Bytes)];

        Assert.Single(
            left.Select(frame => new IPAddress(frame.AsSpan(30, 4)).ToString()).Distinct());
        Assert.Equal(Payloads(sent.Select(frame => frame.Bytes).Where(IsToServer)), Payloads(left));
    }

    private static bool IsToServer(byte[] frame)
        => new IPAddress(frame.AsSpan(30, 4)).ToString() == NfsServer;

    // Later fragments only: the first has ports, which change.
    private static string[] Payloads(IEnumerable<byte[]> frames) =>
    [
        .. frames.Where(frame => Offset(frame) > 0)
            .Select(frame => $"{Identification(frame)} {Offset(frame):d5} "
                + Convert.ToHexString(frame.AsSpan(Ethernet + 20)))
            .Order(StringComparer.Ordinal),
    ];

    private static Stamped[] Distinct(Stamped[] frames)
        => [.. frames.DistinctBy(frame => (Identification(frame.Bytes), Offset(frame.Bytes)))];

    // Answers are whole and have identification 0: each is a datagram of its own.
    private static string Identification(byte[] frame)
    {
        int number = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(18));
        return number != 0 ? $"{number:x4}" : Convert.ToHexString(frame.AsSpan(Ethernet));
    }

    private static int Offset(byte[] frame)
        => (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(20)) & 0x1fff) * 8;

    private static byte[] WithHeaderChecksum(byte[] frame)
    {
        byte[] finished = [.. frame];
        Span<byte> header = finished.AsSpan(Ethernet, (finished[Ethernet] & 0xf) * 4);
        header[10..12].Clear();
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~sum);
        return finished;
    }

    private JsonObject Replay(string capture, string vip, string realPrefix, string port)
    {
        string config = Write("switch.cfg", $"""
            real 1 / rip {realPrefix}1 / ena
            real 2 / rip {realPrefix}2 / ena
            group 1 / metric rr / add 1 / add 2
            virt 1 / vip {vip} / ena
            virt 1/service {port}
                group 1
                rport 8080
                protocol both
            port 8 / client ena
            port 1 / server ena
            slb on

            """);
        return Executable.Run(
            "replay", capture, "-c", config, "--json",
            "--out", $"8={At("clients.pcap")}", "--out", $"1={At("servers.pcap")}")
            .ShouldExit(0).Json();
    }
}
