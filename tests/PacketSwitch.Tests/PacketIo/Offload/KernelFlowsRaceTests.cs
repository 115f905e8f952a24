// A flow is taken and ended again and again while its frames come in: each of them is forwarded by
// the kernel or comes to the loops, once.

using System.Buffers.Binary;
using System.Diagnostics;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.PacketIo.Offload;

[Collection(MachineCollection.Name)]
public sealed class KernelFlowsRaceTests(ITestOutputHelper output)
{
    private const int FramesAtOnce = 32, NumberBytes = 4;
    private const int Often = 40_000, Seldom = 500; // Where the time is over first.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly int _seed = Environment.TickCount;
    private int _endedOften;
    private int _sent;
    private int _carried;
    private volatile bool _isOver;
    private volatile Exception? _failure;

    [SkippableFact]
    public void No_frame_is_lost_or_doubled_when_its_flow_ends()
    {
        using var harness = new FlowsHarness();
        var flow = CarriedFlow<Ipv4Address>.HalfNat(0xc000_0265);
        byte[] frame = flow.Frame(true, CarriedFlow<Ipv4Address>.FirstSequence);
        var clock = Stopwatch.StartNew();
        var ending = new Thread(() => TakeAndEnd(harness.Flows, flow));
        ending.Start();
        try
        {
            while (!HasMet(clock.Elapsed < Enough ? Often : Seldom) && _failure is null)
            {
                Assert.True(clock.Elapsed < Patience, "they did not take turns");
                SendSome(harness, frame);
            }
        }
        finally
        {
            _isOver = true;
            ending.Join();
        }
        output.WriteLine($"seed {_seed}: ended {_endedOften} times, carried {_carried} of {_sent}");
        Assert.Null(_failure);
    }

    // Frames that the kernel has carried, and such that the loops have got.
    private bool HasMet(int frames) => _carried >= frames && _sent - _carried >= frames;

    private void TakeAndEnd(KernelFlows flows, CarriedFlow<Ipv4Address> flow)
    {
        var random = new Random(_seed);
        var resting = new Queue<int>();
        try
        {
            while (!_isOver)
            {
                int number = flows.TryTake(flow.FromClient, flow.FromServer);
                Assert.NotEqual(0, number);
                Thread.SpinWait(random.Next(300));
                flows.End(number);
                _endedOften++;
                // A number rests before it is given again, as OffloadKeeper has it.
                resting.Enqueue(number);
                if (resting.Count > flows.Capacity / 2) flows.Free(resting.Dequeue());
                Thread.SpinWait(random.Next(100));
            }
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    // Each frame has a number of its own in its last bytes.
    private void SendSome(FlowsHarness harness, byte[] frame)
    {
        int first = _sent;
        for (int i = 0; i < FramesAtOnce; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(^NumberBytes..), _sent++);
            harness.Send(true, default, frame);
        }
        var missing = new HashSet<int>(Enumerable.Range(first, FramesAtOnce));
        var clock = Stopwatch.StartNew();
        while (missing.Count > 0)
        {
            Assert.True(clock.Elapsed < Patience, $"frame {missing.FirstOrDefault()} is lost");
            if (harness.TryTakeAny(fromClient: true) is not { } came) continue;
            int number = BinaryPrimitives.ReadInt32LittleEndian(came.AsSpan(^NumberBytes..));
            Assert.True(missing.Remove(number), $"frame {number} came again");
            if (!came.AsSpan(0, 6).SequenceEqual(frame.AsSpan(0, 6))) _carried++;
        }
    }
}
