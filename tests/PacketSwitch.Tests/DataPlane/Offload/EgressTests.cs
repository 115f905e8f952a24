// What leaves on a port that passes offload metadata on, and what the same frame becomes on one that cannot.

using System.Buffers.Binary;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Offload;

public sealed class EgressTests : IDisposable
{
    private const byte TcpOverIpv4 = 1;
    private const ushort TransportOffset = 34;
    private const int TcpChecksum = 16;

    private SharedTables? _tables;

    [Fact]
    public void A_super_frame_passes_whole_with_its_metadata()
    {
        byte[] frame = Tcp(20_000);

        SentFrame sent = Assert.Single(Pass(frame, OffloadSupport.Metadata, segmentType: TcpOverIpv4));

        Assert.Equal(frame, sent.Bytes);
        Assert.Equal(
            (ChecksumState.Partial, TransportOffset, (ushort)1448, TcpOverIpv4),
            (sent.Checksum, sent.ChecksumStart, sent.SegmentSize, sent.SegmentType));
    }

    [Fact]
    public void Segments_too_long_for_the_port_are_made_shorter()
    {
        SentFrame sent = Assert.Single(
            Pass(Tcp(20_000), OffloadSupport.Metadata, segmentType: TcpOverIpv4, mtu: 1280));

        Assert.Equal(1280 - 40, sent.SegmentSize);
    }

    [Fact]
    public void A_super_frame_without_a_type_is_cut_for_any_port()
    {
        List<SentFrame> sent = Pass(Tcp(20_000), OffloadSupport.Metadata, segmentType: 0);

        Assert.Equal(14, sent.Count);
        Assert.All(sent, frame => Assert.True(FrameChecksums.AreValid(frame.Bytes)));
        Assert.All(sent, frame => Assert.Equal(ChecksumState.Complete, frame.Checksum));
    }

    [Fact]
    public void A_super_frame_with_metadata_is_cut_for_a_port_without()
    {
        List<SentFrame> sent = Pass(Tcp(20_000), OffloadSupport.ByValue, segmentType: TcpOverIpv4);

        Assert.Equal(14, sent.Count);
        Assert.All(sent, frame => Assert.True(FrameChecksums.AreValid(frame.Bytes)));
    }

    [Theory]
    [InlineData(OffloadSupport.Metadata, TransportOffset, ChecksumState.Partial)]
    [InlineData(OffloadSupport.Metadata, 0, ChecksumState.Complete)]
    [InlineData(OffloadSupport.ByValue, TransportOffset, ChecksumState.Complete)]
    public void An_unfinished_checksum_is_left_to_a_port_that_can_be_told_where_it_is(
        OffloadSupport support, ushort start, ChecksumState expected)
    {
        byte[] whole = Tcp(200);
        byte[] frame = [.. whole];
        frame.AsSpan(TransportOffset + TcpChecksum, 2).Clear();

        SentFrame sent = Assert.Single(Pass(frame, support, segmentType: 0, segmentSize: 0, start: start));

        Assert.Equal(expected, sent.Checksum);
        Assert.Equal(expected == ChecksumState.Complete ? whole : frame, sent.Bytes);
    }

    public void Dispose() => _tables?.Dispose();

    // Through a bridge of two ports, the first of which passes metadata.
    private List<SentFrame> Pass(
        byte[] frame, OffloadSupport support, byte segmentType, ushort segmentSize = 1448,
        ushort start = TransportOffset, int mtu = 1500)
    {
        SwitchConfig config = ConfigChecker.Check(
            "port 1 / server ena\nport 2 / server ena\n", "test.cfg", ConfigUse.Replay).Config!;
        _tables = new SharedTables(64, seed: 1);
        MemoryPort[] ports =
        [
            new(1) { Offloads = OffloadSupport.Metadata, Mtu = 1500 },
            new(2) { Offloads = support, Mtu = mtu },
        ];
        var control = new ControlPlane(
            config, [1, 2], SwitchMacs.OfReplay, _tables, NullLogger.Instance, isLive: false);
        var loop = new PortLoop<NoTracer>(ports, [0, 1], _tables, control.Cell, default);
        control.Start([LoopLink.To(loop, [0, 1], () => { })], nowNs: 0);
        ports[0].Enqueue(
            frame, ChecksumState.Partial, segmentSize, checksumStart: start, segmentType: segmentType);
        while (loop.RunOnce(nowNs: 0) + control.RunOnce(nowNs: 0) > 0)
        {
        }
        List<SentFrame> sent = [];
        while (ports[1].TryTakeSent(out SentFrame? one)) sent.Add(one);
        return sent;
    }

    private static byte[] Tcp(int payloadBytes)
    {
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = new MacAddress(0x0200_0000_0002),
            DestinationMac = new MacAddress(0x0200_0000_0001),
            Source = Address(192, 0, 2, 1),
            Destination = Address(192, 0, 2, 2),
            SourcePort = 1000,
            DestinationPort = 80,
        };
        byte[] payload = new byte[payloadBytes];
        new Random(payloadBytes).NextBytes(payload);
        byte[] frame = new byte[Limits.MaxFrameBytes];
        return frame[..FrameWriter.Tcp(frame, addresses, 1, 2, TcpFlags.Ack, 100, null, payload)];
    }

    private static Ipv4Address Address(params byte[] bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes));
}
