// What every port must do (ARCHITECTURE section 7). A backend's tests inherit this and say how its
// wire works.

using System.Diagnostics;
using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public abstract class PacketPortContract
{
    private const int LongestFrame = 65_535 + 14;

    private protected abstract PortHarness Open();

    /// <summary>A port whose receive queue holds fewer than 500 frames; null where it has no
    /// bound.</summary>
    private protected abstract PortHarness? OpenWithSmallQueue();

    /// <summary>A port that cuts frames at 128 bytes; null where it cannot.</summary>
    private protected abstract PortHarness? OpenCutting(byte[] frame);

    [SkippableFact]
    public void Frames_arrive_in_the_order_they_were_put_on_the_wire()
    {
        using PortHarness harness = Open();
        byte[][] frames = TestFrames.MakeMany(300);
        foreach (byte[] frame in frames) harness.Inject(frame);

        List<byte[]> received = harness.ReceiveAll(frames.Length);

        Assert.Equal(frames, received);
    }

    [SkippableFact]
    public void Frames_leave_in_the_order_they_were_sent()
    {
        using PortHarness harness = Open();
        byte[][] frames = TestFrames.MakeMany(200, 90);

        int sent = harness.Port.Send(TestFrames.Describe(frames));

        Assert.Equal(frames.Length, sent);
        Assert.Equal(frames, harness.Collect(frames.Length));
    }

    [SkippableFact]
    public void A_burst_holds_at_most_64_frames_that_do_not_share_bytes()
    {
        using PortHarness harness = Open();
        for (int i = 0; i < 100; i++) harness.Inject(TestFrames.Make(i, 60 + i));
        var burst = new FrameBurst();

        int left = 100;
        Patience.Until(() =>
        {
            int count = harness.Receive(burst);
            Assert.InRange(count, 0, Limits.BurstFrames);
            Assert.Equal(count, burst.Count);
            List<byte[]> before = Copies(burst);
            OverwriteHeadrooms(burst);
            Assert.Equal(before, Copies(burst));
            for (int i = 0; i < count; i++) Assert.Equal(i, burst.Frames[i].BurstIndex);
            left -= before.Count(frame => TestFrames.IsOurs(frame));
            harness.Port.Release(burst);
            return left <= 0;
        });

        Assert.Equal(0, left);
    }

    [SkippableFact]
    public void A_port_does_not_receive_what_it_sent()
    {
        using PortHarness harness = Open();

        harness.Port.Send(TestFrames.Describe(TestFrames.MakeMany(10)));
        harness.Collect(10);

        var burst = new FrameBurst();
        for (int i = 0; i < 100; i++)
        {
            int count = harness.Port.Receive(burst);
            Assert.DoesNotContain(Copies(burst), frame => TestFrames.IsOurs(frame));
            harness.Port.Release(burst);
            if (count == 0) Thread.Yield();
        }
    }

    [SkippableFact]
    public void The_longest_frame_passes_whole_in_both_directions()
    {
        using PortHarness harness = Open();
        harness.SetMtu(65_535);
        byte[] frame = TestFrames.Make(7, LongestFrame);
        harness.Inject(frame);

        byte[] received = Assert.Single(harness.ReceiveAll(1));
        int sent = harness.Port.Send(TestFrames.Describe(frame));

        Assert.Equal(frame, received);
        Assert.Equal(1, sent);
        Assert.Equal(frame, Assert.Single(harness.Collect(1)));
    }

    [SkippableFact]
    public void A_frame_that_was_cut_shows_how_long_it_was()
    {
        byte[] frame = TestFrames.Make(1, 1000);
        using PortHarness? harness = OpenCutting(frame);
        Skip.If(harness is null, "this port cuts no frames");
        var burst = new FrameBurst();

        Assert.True(Patience.Until(() => harness!.Receive(burst) == 1));

        Assert.Equal(128, burst.Frames[0].Length);
        Assert.Equal(1000, burst.Frames[0].WireLength);
        Assert.Equal(frame[..128], burst.Frames[0].Span.ToArray());
    }

    [SkippableFact]
    public void Frames_for_which_there_is_no_room_are_counted()
    {
        using PortHarness? harness = OpenWithSmallQueue();
        Skip.If(harness is null, "this port's queue has no bound");
        const int frames = 500;
        for (int i = 0; i < frames; i++) harness!.Inject(TestFrames.Make(i));

        long received = harness!.ReceiveOrCountDropped(frames);

        PortStatistics statistics = harness.Port.ReadStatistics();
        Assert.InRange(received, 1, frames - 1);
        Assert.Equal(frames, received + statistics.KernelDrops);
    }

    [SkippableFact]
    public void A_port_that_is_down_says_so_and_fails_every_frame()
    {
        using PortHarness harness = Open();
        FrameDescriptor[] frames = TestFrames.Describe(TestFrames.MakeMany(100));
        Assert.True(harness.Port.IsUp);
        Skip.IfNot(harness.TryTakeDown(), "this port cannot be down");

        int sent = harness.Port.Send(frames);

        Assert.False(harness.Port.IsUp);
        Assert.Equal(0, sent);
        Assert.All(frames, frame => Assert.True(frame.Failed));
        Assert.Equal(100, harness.Port.ReadStatistics().SendFailures);
        harness.BringUp();
        Assert.True(harness.Port.IsUp);
        Assert.Equal(100, harness.Port.Send(frames));
        Assert.All(frames, frame => Assert.False(frame.Failed));
    }

    [SkippableFact]
    public void A_frame_the_interface_does_not_take_fails_alone()
    {
        using PortHarness harness = Open();
        harness.SetMtu(1500);
        FrameDescriptor[] frames = TestFrames.Describe(
            TestFrames.Make(
                0), TestFrames.Make(1, 1600), TestFrames.Make(2, 1514), TestFrames.Make(3, 3000));
        Skip.If(harness.Port.Mtu > 1500, "this port has no bound on length");

        int sent = harness.Port.Send(frames);

        Assert.Equal(2, sent);
        Assert.Equal([false, true, false, true], frames.Select(frame => frame.Failed));
        Assert.Equal([0, 2], harness.Collect(2).Select(frame => TestFrames.Number(frame)));
        Assert.Equal(2, harness.Port.ReadStatistics().SendFailures);
    }

    [SkippableFact]
    public void Counts_are_those_of_the_frames_and_their_bytes()
    {
        using PortHarness harness = Open();
        for (int i = 0; i < 20; i++) harness.Inject(TestFrames.Make(i, 100));

        Assert.Equal(20, harness.ReceiveAll(20).Count);
        harness.Port.Send(TestFrames.Describe(TestFrames.MakeMany(30, 80)));

        PortStatistics statistics = harness.Port.ReadStatistics();
        Assert.Equal((20, 2000), (statistics.ReceivedFrames, statistics.ReceivedBytes));
        Assert.Equal((30, 2400), (statistics.SentFrames, statistics.SentBytes));
        Assert.Equal((0, 0), (statistics.SendFailures, statistics.KernelDrops));
    }

    [SkippableFact]
    public void A_thousand_bursts_allocate_nothing()
    {
        using PortHarness harness = OpenForAllocations();
        for (int i = 0; i < 1000; i++) harness.Inject(TestFrames.Make(i));
        FrameDescriptor[] toSend = TestFrames.Describe(TestFrames.MakeMany(2));
        var burst = new FrameBurst();
        for (int i = 0; i < 3; i++) PassOnce(harness, burst, toSend);

        long allocated = AllocationMeter.Measure(() =>
        {
            for (int i = 0; i < 1000; i++) PassOnce(harness, burst, toSend);
        });

        Assert.Equal(0, allocated);
    }

    [SkippableFact]
    public void Receiving_nothing_does_not_block()
    {
        using PortHarness harness = Open();
        var burst = new FrameBurst();
        harness.Port.Receive(burst);

        // Another program may take the processor away meanwhile, but not each time.
        TimeSpan shortest = Enumerable.Range(0, 100).Min(_ =>
        {
            long began = Stopwatch.GetTimestamp();
            harness.Port.Receive(burst);
            return Stopwatch.GetElapsedTime(began);
        });

        Assert.InRange(shortest.TotalMilliseconds, 0, 20);
    }

    [SkippableFact]
    public void A_disposed_port_ends_soon_gives_nothing_and_fails_every_frame()
    {
        using PortHarness harness = Open();
        harness.Inject(TestFrames.Make(1));
        FrameDescriptor[] frames = TestFrames.Describe(TestFrames.MakeMany(3));
        IPacketPort port = harness.Port;
        var clock = Stopwatch.StartNew();

        port.Dispose();
        port.Dispose();

        Assert.InRange(clock.ElapsedMilliseconds, 0, 20_000);
        var burst = new FrameBurst { Count = 9 };
        Assert.Equal(0, port.Receive(burst));
        Assert.Equal(0, burst.Count);
        Assert.Equal(0, port.Send(frames));
        Assert.All(frames, frame => Assert.True(frame.Failed));
        Assert.False(port.IsUp);
        port.ReadStatistics();
    }

    /// <summary>The port for the allocation test, where that is not the ordinary one.</summary>
    private protected virtual PortHarness OpenForAllocations() => Open();

    private static void PassOnce(PortHarness harness, FrameBurst burst, FrameDescriptor[] toSend)
    {
        harness.Receive(burst);
        harness.Port.Send(toSend);
        harness.Port.Release(burst);
    }

    private static List<byte[]> Copies(FrameBurst burst)
    {
        List<byte[]> copies = [];
        for (int i = 0; i < burst.Count; i++) copies.Add(burst.Frames[i].Span.ToArray());
        return copies;
    }

    private static unsafe void OverwriteHeadrooms(FrameBurst burst)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            byte* frame = (byte*)burst.Frames[i].Address;
            new Span<byte>(frame - Limits.FrameHeadroomBytes, Limits.FrameHeadroomBytes).Fill(0xa5);
        }
    }
}
