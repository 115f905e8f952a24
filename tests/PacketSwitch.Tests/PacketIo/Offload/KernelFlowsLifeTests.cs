// A flow's life in the kernel: from when on it is carried, how it ends, what becomes of it while
// interfaces come and go and when all ends, and the TCP numbers that are told of it.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.PacketIo.Offload;

[Collection(MachineCollection.Name)]
public sealed class KernelFlowsLifeTests
{
    private const uint First = CarriedFlow<Ipv4Address>.FirstSequence;
    private const uint Acknowledged = CarriedFlow<Ipv4Address>.FirstAcknowledgement;
    private const uint Someone = 0xc000_0265, SomeoneElse = 0xc000_0266;

    [SkippableFact]
    public void What_overtakes_nothing_begins_and_all_that_follows_is_carried()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        int number = harness.Take(flow);

        harness.Keep(true, flow.Frame(true, First + 100));
        harness.Keep(true, flow.Frame(true, First - 100));
        harness.Flows.Sent(number, fromClient: true, First + 200);
        harness.Keep(true, flow.Frame(true, First));
        harness.Keep(true, flow.Frame(true, First + 100));
        AssertCarried(harness, flow, First + 200);
        AssertCarried(harness, flow, First + 900);
        AssertCarried(harness, flow, First);
        harness.Flows.Sent(number, fromClient: true, First + 5_000);
        AssertCarried(harness, flow, First + 300);
        harness.Keep(false, flow.Frame(false, First + 1));
        Assert.Equal(4, harness.Flows.Collect(number, fromClient: true).Frames);
        Assert.Equal(default, harness.Flows.Collect(number, fromClient: false));
    }

    [SkippableFact]
    public void A_pure_acknowledgement_begins_a_direction_too()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        harness.Take(flow);
        byte[] frame = flow.Frame(true, First, payload: 0);

        Assert.Equal(flow.Rewritten(true, frame), harness.Carry(true, frame));
        AssertCarried(harness, flow, First + 50_000);
    }

    [SkippableFact]
    public void A_port_that_is_to_wait_takes_part_when_it_is_told()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        harness.Remove(ofClient: true);
        harness.Supervise(ofClient: true);
        harness.Flows.AttachLater();
        harness.Renew(ofClient: true);
        harness.Supervise(ofClient: true);

        Assert.Equal(0, harness.Flows.TryTake(flow.FromClient, flow.FromServer));
        harness.Namespace.Run(harness.Flows.AttachWaiting);
        harness.TakeFence();

        Assert.Equal("", harness.Flows.Obstacle);
        harness.Take(flow);
        AssertCarried(harness, flow, First);
    }

    [SkippableFact]
    public void An_ended_flow_is_the_loops_and_its_number_is_given_again()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        int number = harness.Take(flow);
        AssertCarried(harness, flow, First);
        harness.Carry(false, flow.Frame(false, First));

        harness.Flows.End(number);

        harness.Keep(true, flow.Frame(true, First));
        harness.Keep(false, flow.Frame(false, First));
        Assert.Equal(1, harness.Flows.Collect(number, fromClient: true).Frames);
        Assert.NotEqual(number, harness.Take(CarriedFlow<Ipv4Address>.HalfNat(SomeoneElse)));
        harness.Flows.Free(number);
        CarriedFlow<Ipv6Address> next = CarriedFlow<Ipv6Address>.FullNat(Someone);
        Assert.Equal(number, harness.Take(next));
        harness.Keep(true, flow.Frame(true, First));
        foreach (bool fromClient in new[] { true, false })
        {
            byte[] frame = next.Frame(fromClient, First);
            Assert.Equal(next.Rewritten(fromClient, frame), harness.Carry(fromClient, frame));
            Assert.Equal(1, harness.Flows.Collect(number, fromClient).Frames);
        }
    }

    [SkippableFact]
    public void There_are_as_many_numbers_as_it_says()
    {
        using var harness = new FlowsHarness();
        HashSet<int> numbers = [];
        for (uint i = 0; i < harness.Flows.Capacity - 1; i++)
        {
            Assert.True(numbers.Add(harness.Take(CarriedFlow<Ipv4Address>.HalfNat(Someone + i))));
        }
        CarriedFlow<Ipv4Address> more = CarriedFlow<Ipv4Address>.HalfNat(1);

        Assert.Equal(0, harness.Flows.TryTake(more.FromClient, more.FromServer));
        harness.Keep(true, more.Frame(true, First));
        int last = numbers.Max();
        harness.Flows.End(last);
        harness.Flows.Free(last);
        Assert.Equal(last, harness.Take(more));
        AssertCarried(harness, more, First);
    }

    [SkippableFact]
    public void The_highest_numbers_are_told_and_the_window_of_the_last_acknowledgement()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        int number = harness.Take(flow);
        OffloadTally Tell(uint sequence, int payload, uint acknowledgement, ushort window)
        {
            harness.Carry(true, flow.Frame(
                true, sequence, payload, acknowledgement: acknowledgement, window: window));
            return harness.Flows.Collect(number, fromClient: true) with { Bytes = 0 };
        }

        Assert.Equal(
            new(1, 0, 0, First + 10, Acknowledged + 5, 700),
            Tell(First, 10, Acknowledged + 5, 700));
        Assert.Equal(
            new(1, 0, 0, First + 60, Acknowledged + 5, 65_535),
            Tell(First + 20, 40, Acknowledged + 5, 65_535));
        // A retransmission with an old acknowledgement says nothing new.
        Assert.Equal(
            new(1, 0, 0, First + 60, Acknowledged + 5, 65_535), Tell(First, 10, Acknowledged, 9));
        Assert.Equal(
            new(1, 0, 0, First + 60, Acknowledged + 6, 0), Tell(First, 0, Acknowledged + 6, 0));
    }

    [SkippableFact]
    public void The_numbers_go_on_behind_the_highest_of_all()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        flow.FromClient = flow.FromClient with
        {
            SequenceEnd = 0xffff_ff00,
            Acknowledged = 0xffff_fff0,
        };
        int number = harness.Take(flow);

        harness.Carry(true, flow.Frame(true, 0xffff_ff00, 0x200, acknowledgement: 0x10));
        harness.Carry(true, flow.Frame(true, 0xffff_fff0, 0x08, acknowledgement: 0xffff_fff8));

        OffloadTally tally = harness.Flows.Collect(number, fromClient: true);
        Assert.Equal((2, 0x100u, 0x10u), (tally.Frames, tally.SequenceEnd, tally.Acknowledged));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_interface_that_comes_back_takes_part_again(bool ofClient)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> before = CarriedFlow<Ipv4Address>.HalfNat(SomeoneElse);
        harness.Flows.End(harness.Take(before));
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);

        harness.Remove(ofClient);
        harness.Supervise(ofClient);
        Assert.Equal(0, harness.Flows.TryTake(flow.FromClient, flow.FromServer));
        harness.Renew(ofClient);
        harness.Supervise(ofClient);

        harness.Take(flow);
        harness.TakeFence();
        AssertCarried(harness, flow, First);
        byte[] back = flow.Frame(false, First);
        Assert.Equal(flow.Rewritten(false, back), harness.Carry(false, back));
    }

    // The loops' frames find the interface that has the name now; the kernel's must not go on to
    // the one that is gone.
    [SkippableFact]
    public void What_was_carried_to_an_interface_that_was_made_anew_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        int number = harness.Take(flow);
        AssertCarried(harness, flow, First);
        long changes = harness.Flows.Changes;

        harness.Remove(ofClient: false);
        harness.Renew(ofClient: false);
        harness.Supervise(ofClient: false);

        Assert.NotEqual(changes, harness.Flows.Changes);
        harness.TakeFence();
        harness.Keep(true, flow.Frame(true, First + 100));
        harness.Keep(false, flow.Frame(false, First));
        harness.Flows.End(number);
        harness.Flows.Free(number);
        Assert.Equal(number, harness.Take(flow));
        AssertCarried(harness, flow, First);
    }

    // The old handle closes when the burst is released, after the new one has been opened.
    [SkippableFact]
    public void A_late_close_does_not_take_the_new_opening_out()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        harness.Send(fromClient: true, default, TestFrames.Make(0));
        var burst = new FrameBurst();
        Assert.True(SpinWait.SpinUntil(() => harness.Client.Receive(burst) == 1, 3_000));
        harness.Client.Interface.Handle!.NoteFailure("a test");
        harness.Supervise(ofClient: true);
        harness.Client.Release(burst);

        harness.TakeFence();
        harness.Take(flow);
        AssertCarried(harness, flow, First);
        harness.Keep(true, flow.Frame(true, First, flags: TcpFlags.Ack | TcpFlags.Fin));
    }

    [SkippableFact]
    public void After_its_end_every_frame_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
        int number = harness.Take(flow);
        AssertCarried(harness, flow, First);

        harness.Flows.Dispose();

        byte[] frame = flow.Frame(true, First);
        harness.Send(fromClient: true, default, frame);
        Assert.Equal(frame, harness.NextOnRing(ofClient: true));
        Assert.Equal(0, harness.Flows.TryTake(flow.FromClient, flow.FromServer));
        harness.Flows.End(number);
        harness.Flows.Free(number);
        harness.Flows.Dispose();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_may_end_while_frames_flow(bool portsFirst)
    {
        for (int round = 0; round < 5; round++)
        {
            using var harness = new FlowsHarness();
            CarriedFlow<Ipv4Address> flow = CarriedFlow<Ipv4Address>.HalfNat(Someone);
            int number = harness.Take(flow);
            byte[] there = flow.Frame(true, First), back = flow.Frame(false, First);
            using var end = new CancellationTokenSource();
            Task[] senders =
            [
                Task.Run(() => SendAll(true, there)), Task.Run(() => SendAll(false, back)),
            ];
            Assert.True(SpinWait.SpinUntil(
                () => harness.Flows.Collect(number, fromClient: true).Frames > 0, 3_000));
            if (portsFirst) harness.Client.Dispose();
            harness.Flows.Dispose();
            end.Cancel();
            Assert.True(Task.WaitAll(senders, 3_000));

            void SendAll(bool fromClient, byte[] frame)
            {
                while (!end.IsCancellationRequested) harness.Send(fromClient, default, frame);
            }
        }
    }

    private static void AssertCarried(
        FlowsHarness harness, CarriedFlow<Ipv4Address> flow, uint sequence)
    {
        byte[] frame = flow.Frame(true, sequence);
        Assert.Equal(flow.Rewritten(true, frame), harness.Carry(true, frame));
    }
}
