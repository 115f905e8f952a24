// MemoryPort as a port, and what tests and benchmarks need of it besides.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class MemoryPortTests : PacketPortContract
{
    [Fact]
    public void Metadata_travels_with_a_frame_both_ways()
    {
        using var port = new MemoryPort(1) { Offloads = OffloadSupport.Metadata };
        port.Enqueue(TestFrames.Make(
            1, 5000), ChecksumState.Partial, 1448, checksumStart: 34, segmentType: 1);
        var burst = new FrameBurst();

        port.Receive(burst);
        port.Send(burst.Frames.AsSpan(0, 1));
        port.Release(burst);

        Assert.True(port.TryTakeSent(out SentFrame? sent));
        Assert.Equal(TestFrames.Make(1, 5000), sent.Bytes);
        Assert.Equal(
            (ChecksumState.Partial, (ushort)34, (ushort)1448, (byte)1),
            (sent.Checksum, sent.ChecksumStart, sent.SegmentSize, sent.SegmentType));
    }

    [Fact]
    public void A_repeating_port_gives_the_frames_as_they_were_whatever_the_loop_wrote()
    {
        using var port = new MemoryPort(1) { DiscardSent = true };
        for (int i = 0; i < 100; i++) port.Enqueue(TestFrames.Make(i));
        port.Repeat = true;
        var burst = new FrameBurst();

        for (int next = 0; next < 640;)
        {
            Assert.Equal(Limits.BurstFrames, port.Receive(burst));
            for (int i = 0; i < burst.Count; i++, next++)
            {
                Assert.Equal(TestFrames.Make(next % 100), burst.Frames[i].Span.ToArray());
                burst.Frames[i].Span.Fill(0xff);
            }
            port.Release(burst);
        }
    }

    [Fact]
    public void A_repeating_port_that_discards_allocates_nothing_for_full_bursts()
    {
        using var port = new MemoryPort(1) { DiscardSent = true };
        for (int i = 0; i < 100; i++) port.Enqueue(TestFrames.Make(i));
        port.Repeat = true;
        var burst = new FrameBurst();
        port.Receive(burst);

        long allocated = AllocationMeter.Measure(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                port.Receive(burst);
                port.Send(burst.Frames.AsSpan(0, burst.Count));
                port.Release(burst);
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(64_000, port.ReadStatistics().SentFrames);
    }

    [Fact]
    public void Frames_not_released_keep_their_place_in_the_queue()
    {
        using var port = new MemoryPort(1, capacityFrames: 2);
        var burst = new FrameBurst();
        Assert.True(port.Enqueue(TestFrames.Make(0)));
        Assert.True(port.Enqueue(TestFrames.Make(1)));
        port.Receive(burst);

        Assert.False(port.Enqueue(TestFrames.Make(2)));
        port.Release(burst);
        Assert.True(port.Enqueue(TestFrames.Make(3)));

        Assert.Equal(1, port.ReadStatistics().KernelDrops);
        Assert.Equal(1, port.Receive(burst));
        Assert.Equal(3, TestFrames.Number(burst.Frames[0].Span));
    }

    private protected override PortHarness Open() => new Harness(new MemoryPort(1));

    private protected override PortHarness? OpenWithSmallQueue() =>
        new Harness(new MemoryPort(1, capacityFrames: 100));

    private protected override PortHarness? OpenCutting(byte[] frame)
    {
        var port = new MemoryPort(1);
        port.Enqueue(frame.AsSpan(0, 128), wireLength: frame.Length);
        return new Harness(port);
    }

    // Sent frames are kept for the test to look at, which the benchmarks switch off.
    private protected override PortHarness OpenForAllocations() =>
        new Harness(new MemoryPort(1) { DiscardSent = true });

    private sealed class Harness(MemoryPort port) : PortHarness
    {
        public override IPacketPort Port => port;

        public override void Inject(byte[] frame) => port.Enqueue(frame);

        public override List<byte[]> Collect(int count)
        {
            List<byte[]> sent = [];
            while (sent.Count < count && port.TryTakeSent(out byte[] frame)) sent.Add(frame);
            return sent;
        }

        public override bool TryTakeDown()
        {
            port.IsUp = false;
            return true;
        }

        public override void BringUp() => port.IsUp = true;

        public override void SetMtu(int mtu) => port.Mtu = mtu;

        public override void Dispose() => port.Dispose();
    }
}
