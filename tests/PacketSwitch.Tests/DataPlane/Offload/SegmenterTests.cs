// Cutting super-frames as a network card would: together the segments are the frame, and each is a right frame of its own.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Rewriting;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Offload;

public sealed class Segmenter4Tests : SegmenterTests<Ipv4Address>
{
    [Fact]
    public void Identifications_count_up_and_wrap()
    {
        byte[] super = Super(5000, TcpFlags.Ack);
        BinaryPrimitives.WriteUInt16BigEndian(super.AsSpan(14 + 4), 0xfffe);
        WrapIpv4(super).CompleteHeaderChecksum();

        List<byte[]> segments = Cut(super, 1460, MostBytes);

        Assert.Equal([0xfffe, 0xffff, 0, 1], segments.Select(segment => (int)WrapIpv4(segment).Identification));
    }

    private static Ipv4View WrapIpv4(byte[] frame)
    {
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        Assert.True(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip));
        return ip;
    }
}

public sealed class Segmenter6Tests : SegmenterTests<Ipv6Address>
{
}

public abstract class SegmenterTests<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    private protected const int MostBytes = 1514;
    private const uint Sequence = 0xffff_f000; // Wraps within the frame.

    private readonly Segmenter _segmenter = new();

    [Theory]
    [InlineData(60_000, 1460, 0)]
    [InlineData(60_000, 1240, 0)]
    [InlineData(2_921, 1460, 0)]
    [InlineData(2_920, 1460, 0)]
    [InlineData(30_000, 0, 0)]
    [InlineData(30_000, 1400, 100)]
    public void Segments_are_whole_frames_and_together_the_payload(int payloadBytes, int segmentSize, ushort vlanTag)
    {
        byte[] super = Super(payloadBytes, TcpFlags.Ack | TcpFlags.Psh, vlanTag);
        int headers = super.Length - payloadBytes;
        int most = MostBytes + (vlanTag != 0 ? 4 : 0);

        List<byte[]> segments = Cut(super, (ushort)segmentSize, most);

        int size = Math.Min(segmentSize == 0 ? int.MaxValue : segmentSize, most - headers);
        Assert.Equal((payloadBytes + size - 1) / size, segments.Count);
        var joined = new List<byte>();
        for (int i = 0; i < segments.Count; i++)
        {
            Assert.True(segments[i].Length <= most);
            Assert.True(FrameChecksums.AreValid(segments[i]), $"segment {i}");
            var segment = new TestFrame<TAddress>(segments[i]);
            Assert.Equal(Sequence + (uint)joined.Count, segment.Info.Sequence);
            Assert.Equal(i < segments.Count - 1 ? size : payloadBytes - (i * size), segment.Info.PayloadLength);
            Assert.Equal(vlanTag, segment.Info.VlanTag);
            joined.AddRange(segments[i][headers..]);
        }
        Assert.Equal(super[headers..], joined);
    }

    [Fact]
    public void Fin_and_psh_are_on_the_last_segment_only_and_cwr_on_the_first()
    {
        const TcpFlags Kept = TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Urg;
        byte[] super = Super(4000, Kept | TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Cwr);

        List<byte[]> segments = Cut(super, 1460, MostBytes);

        Assert.Equal(
            [Kept | TcpFlags.Cwr, Kept, Kept | TcpFlags.Fin | TcpFlags.Psh],
            segments.Select(segment => new TestFrame<TAddress>(segment).Info.TcpFlags));
    }

    [Fact]
    public void Options_and_acknowledgement_are_on_every_segment()
    {
        byte[] options = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] super = Super(4000, TcpFlags.Ack, options: options);

        List<byte[]> segments = Cut(super, 1448, MostBytes);

        Assert.Equal(3, segments.Count);
        foreach (byte[] bytes in segments)
        {
            var segment = new TestFrame<TAddress>(bytes);
            Assert.Equal(4711u, segment.Info.Acknowledgement);
            int start = segment.Info.TransportOffset + 20;
            Assert.Equal(options, bytes[start..(start + options.Length)]);
        }
    }

    [Fact]
    public void An_unfinished_checksum_is_finished_in_every_segment()
    {
        byte[] super = Super(10_000, TcpFlags.Ack);
        var frame = new TestFrame<TAddress>(super, OffloadSupport.ByValue, 1460);
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.Descriptor.Span[(frame.Info.TransportOffset + 16)..], 0x1234);

        List<byte[]> segments = Cut(frame, MostBytes);

        Assert.All(segments, segment => Assert.True(FrameChecksums.AreValid(segment)));
    }

    [Fact]
    public void A_port_with_a_jumbo_mtu_gets_longer_segments()
    {
        byte[] super = Super(30_000, TcpFlags.Ack);
        int headers = super.Length - 30_000;

        List<byte[]> segments = Cut(super, 0, 9014);

        Assert.Equal(4, segments.Count);
        Assert.Equal(9014, segments[0].Length);
        Assert.Equal(30_000, segments.Sum(segment => segment.Length - headers));
        Assert.All(segments, segment => Assert.True(FrameChecksums.AreValid(segment)));
    }

    [Fact]
    public void A_segment_size_that_is_too_small_to_be_meant_is_raised()
    {
        List<byte[]> segments = Cut(Super(5_360, TcpFlags.Ack), 10, MostBytes);

        Assert.Equal(10, segments.Count);
    }

    [Fact]
    public void A_frame_without_payload_and_one_that_does_not_fit_at_all_are_not_cut()
    {
        Assert.Empty(Cut(Super(0, TcpFlags.Ack), 1460, MostBytes));
        Assert.Empty(Cut(Super(5000, TcpFlags.Ack), 1460, 40));
    }

    [Fact]
    public void Completing_a_checksum_twice_does_no_harm()
    {
        byte[] whole = Super(100, TcpFlags.Ack);
        var frame = new TestFrame<TAddress>(whole);
        frame.Descriptor.Span[frame.Info.TransportOffset + 16] ^= 0x55;
        frame.Descriptor.Checksum = ChecksumState.Partial;

        Segmenter.CompleteChecksum(ref frame.Descriptor);
        Assert.Equal(whole, frame.Bytes);
        Segmenter.CompleteChecksum(ref frame.Descriptor);

        Assert.Equal(whole, frame.Bytes);
        Assert.Equal(ChecksumState.Complete, frame.Descriptor.Checksum);
    }

    private protected List<byte[]> Cut(byte[] super, ushort segmentSize, int mostBytes)
        => Cut(new TestFrame<TAddress>(super, OffloadSupport.Metadata, segmentSize), mostBytes);

    private List<byte[]> Cut(TestFrame<TAddress> frame, int mostBytes)
    {
        var segments = new List<byte[]>();
        foreach (FrameDescriptor segment in _segmenter.Cut(ref frame.Descriptor, ref frame.Info, mostBytes))
        {
            Assert.Equal(segment.Length, segment.WireLength);
            Assert.Equal(ChecksumState.Complete, segment.Checksum);
            segments.Add(segment.Span.ToArray());
        }
        return segments;
    }

    private protected static byte[] Super(
        int payloadBytes, TcpFlags flags, ushort vlanTag = 0, byte[]? options = null)
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = new MacAddress(0x0200_0000_0002),
            DestinationMac = new MacAddress(0x0200_0000_0001),
            Source = key.Source,
            Destination = key.Destination,
            SourcePort = key.SourcePort,
            DestinationPort = key.DestinationPort,
            VlanTag = vlanTag,
        };
        byte[] payload = new byte[payloadBytes];
        new Random(payloadBytes).NextBytes(payload);
        byte[] frame = new byte[Limits.MaxFrameBytes];
        int length = FrameWriter.Tcp(frame, addresses, Sequence, 4711, flags, 100, options, payload);
        return frame[..length];
    }
}
