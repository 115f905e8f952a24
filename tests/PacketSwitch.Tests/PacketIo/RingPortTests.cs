// RingPort as a port, and what only it does: offload metadata in both directions, tags put back beside it, lanes.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class RingPortTests : LivePortContract
{
    private const ushort TcpStart = 34;
    private const ushort TcpChecksum = 16;

    private static readonly VirtioHeader Unfinished = new()
    {
        Flags = VirtioHeader.NeedsChecksum,
        ChecksumStart = TcpStart,
        ChecksumOffset = TcpChecksum,
    };

    private static readonly VirtioHeader Super = Unfinished with
    {
        SegmentType = 1,
        SegmentSize = 1448,
        HeaderLength = 54,
    };

    private protected override PortKind Kind => PortKind.Ring;

    private protected override OffloadSupport Offloads => OffloadSupport.Metadata;

    private protected override int SmallBufferBytes => 256 << 10;

    [SkippableFact]
    public void An_unfinished_checksum_is_told_and_passed_on()
    {
        using var harness = new LivePortHarness(Kind);
        using OffloadPeer peer = OpenPeer(harness);
        byte[] frame = Tcp(200);
        peer.Send(Unfinished, frame);
        var burst = new FrameBurst();

        Assert.True(Patience.Until(() => harness.Port.Receive(burst) == 1));
        ref FrameDescriptor received = ref burst.Frames[0];
        Assert.Equal(
            (ChecksumState.Partial, TcpStart, (byte)TcpChecksum, (ushort)0, (byte)0),
            (received.Checksum, received.ChecksumStart, received.ChecksumOffset,
                received.SegmentSize, received.SegmentType));
        Assert.Equal(1, harness.Port.Send(burst.Frames.AsSpan(0, 1)));
        harness.Port.Release(burst);

        Assert.True(peer.TryReceive(Patience.Ms, out VirtioHeader header, out byte[] bytes));
        Assert.Equal(frame, bytes);
        Assert.Equal(VirtioHeader.NeedsChecksum, header.Flags & VirtioHeader.NeedsChecksum);
        Assert.Equal((TcpStart, TcpChecksum), (header.ChecksumStart, header.ChecksumOffset));
    }

    [SkippableFact]
    public void A_super_frame_passes_whole_with_its_segment_size()
    {
        using var harness = new LivePortHarness(Kind);
        using OffloadPeer peer = OpenPeer(harness);
        byte[] frame = Tcp(60_000);
        for (int i = 0; i < 10; i++) peer.Send(Super, frame);
        var burst = new FrameBurst();

        for (int left = 10; left > 0;)
        {
            Assert.True(Patience.Until(() => harness.Port.Receive(burst) > 0));
            left -= burst.Count;
            Assert.All(burst.Frames[..burst.Count], received => Assert.Equal(
                (frame.Length, frame.Length, ChecksumState.Partial, (ushort)1448, (byte)1),
                (received.Length, received.WireLength, received.Checksum, received.SegmentSize,
                    received.SegmentType)));
            Assert.Equal(burst.Count, harness.Port.Send(burst.Frames.AsSpan(0, burst.Count)));
            harness.Port.Release(burst);
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.True(peer.TryReceive(Patience.Ms, out VirtioHeader header, out byte[] bytes));
            Assert.Equal(frame, bytes);
            Assert.Equal((1, 1448), (header.SegmentType, header.SegmentSize));
        }
        Assert.Equal(0, harness.Port.ReadStatistics().KernelDrops);
    }

    [SkippableTheory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void A_tag_is_put_back_and_moves_the_checksum_start(int length)
    {
        using var harness = new LivePortHarness(Kind);
        using OffloadPeer peer = OpenPeer(harness);
        byte[] frame = Tag(Tcp(length));
        VirtioHeader sent = (length > 1514 ? Super : Unfinished) with { ChecksumStart = TcpStart + 4 };
        peer.Send(sent, frame);
        var burst = new FrameBurst();

        Assert.True(Patience.Until(() => harness.Port.Receive(burst) == 1));

        Assert.Equal(frame, burst.Frames[0].Span.ToArray());
        Assert.Equal(TcpStart + 4, burst.Frames[0].ChecksumStart);
        harness.Port.Release(burst);
    }

    [SkippableFact]
    public void Long_and_short_frames_keep_their_order()
    {
        using var harness = new LivePortHarness(Kind);
        using OffloadPeer peer = OpenPeer(harness);
        var random = new Random(7);
        int[] lengths = [.. Enumerable.Range(0, 200).Select(_ => random.Next(100, 9_000))];
        foreach (int length in lengths) peer.Send(length > 1514 ? Super : Unfinished, Tcp(length));

        List<int> received = [];
        var burst = new FrameBurst();
        Patience.Until(() =>
        {
            harness.Port.Receive(burst);
            received.AddRange(burst.Frames[..burst.Count].Select(frame => frame.Length));
            harness.Port.Release(burst);
            return received.Count == lengths.Length;
        });

        Assert.Equal(lengths, received);
    }

    [Fact]
    public void Without_room_for_super_frames_they_take_slots()
    {
        var options = new LivePortOptions(1, "x");

        RingGeometry geometry = RingGeometry.For(options, 1500, hasQueue: false);

        Assert.False(geometry.TakesLongFrames);
        Assert.InRange(geometry.SlotBytes, Limits.MaxFrameBytes, geometry.BlockBytes);
        Assert.InRange(geometry.Slots, 900, 1_100);
    }

    [Theory]
    [InlineData(1500, 8_000)]
    [InlineData(9000, 1_700)]
    [InlineData(65_535, 1_600)]
    public void A_usual_frame_of_the_mtu_fits_a_slot_with_tag_and_headroom(int mtu, int leastSlots)
    {
        RingGeometry geometry = RingGeometry.For(new LivePortOptions(1, "x"), mtu, hasQueue: true);

        Assert.Equal(0, geometry.SlotBytes % 16);
        Assert.True(geometry.SlotBytes >= Math.Min(mtu + 22, 9_744) + 80);
        Assert.True(geometry.Slots >= leastSlots, $"{geometry.Slots} slots");
    }

    [SkippableFact]
    public void Lanes_share_the_flows_and_none_is_on_two()
    {
        const int flows = 64, perFlow = 10;
        using var harness = new LivePortHarness(Kind, lanes: 2);
        var port = (RingPort)harness.Port;
        for (int i = 0; i < flows * perFlow; i++)
        {
            byte[] frame = Tcp(100);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpStart), (ushort)(1000 + (i % flows)));
            harness.Inject(frame);
        }

        HashSet<int>[] seen = [[], []];
        int count = 0;
        var burst = new FrameBurst();
        Patience.Until(() =>
        {
            for (int lane = 0; lane < 2; lane++)
            {
                IPacketPort received = port.Lane(lane);
                count += received.Receive(burst);
                foreach (FrameDescriptor frame in burst.Frames[..burst.Count])
                {
                    seen[lane].Add(BinaryPrimitives.ReadUInt16BigEndian(frame.Span[TcpStart..]));
                }
                received.Release(burst);
            }
            return count >= flows * perFlow;
        });

        Assert.Equal(flows * perFlow, count);
        Assert.Empty(seen[0].Intersect(seen[1]));
        Assert.InRange(seen[0].Count, flows / 8, flows - (flows / 8));
        Assert.Equal(count, port.ReadStatistics().ReceivedFrames);
    }

    [SkippableFact]
    public void Generic_receive_offload_stays_as_it_is()
    {
        using var harness = new LivePortHarness(Kind);
        using InterfaceProbe probe = harness.Namespace.Run(() => new InterfaceProbe());
        const uint getGro = 43, setGro = 44;
        harness.Namespace.AddPair("gro0", "gro1");
        Assert.True(probe.TrySetValue("gro0", setGro, 1));

        using InterfacePort port = harness.OpenOther(2, "gro0");

        Assert.True(probe.TryGetValue("gro0", getGro, out uint whileOpen));
        Assert.Equal(1u, whileOpen);
    }

    [SkippableFact]
    public void A_burst_stays_readable_after_its_interface_is_gone()
    {
        using var harness = new LivePortHarness(Kind);
        byte[] frame = TestFrames.Make(3);
        harness.Inject(frame);
        var burst = new FrameBurst();
        Assert.True(Patience.Until(() => harness.Port.Receive(burst) == 1));

        harness.Namespace.Ip($"link del {LivePortHarness.SwitchEnd}");
        harness.Supervise();

        Assert.Equal(frame, burst.Frames[0].Span.ToArray());
        harness.Port.Release(burst);
        Assert.Equal(0, harness.Port.Receive(burst));
    }

    private static OffloadPeer OpenPeer(LivePortHarness harness) =>
        harness.Namespace.Run(() => new OffloadPeer(LivePortHarness.PeerEnd));

    // Ethernet, IPv4 and TCP with the least that the kernel looks at; the ether type of IPv4.
    private static byte[] Tcp(int length)
    {
        byte[] frame = new byte[length];
        new byte[] { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00, 0x45 }.CopyTo(frame, 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)(length - 14));
        frame[22] = 64;
        frame[23] = 6;
        new byte[] { 192, 0, 2, 1, 192, 0, 2, 2 }.CopyTo(frame, 26);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpStart), 1234);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpStart + 2), 80);
        frame[TcpStart + 12] = 0x50;
        frame[TcpStart + 13] = 0x10;
        return frame;
    }
}
