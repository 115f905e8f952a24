// FaultyPort does each fault it is asked for, as often as it is asked, and the same again with the
// same seed.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class FaultyPortTests
{
    private const int Frames = 4000;
    private const int Seed = 20_260_801;

    [Fact]
    public void Without_faults_every_frame_passes_unharmed()
    {
        Assert.Equal(TestFrames.MakeMany(Frames), Run(new FaultRates(), Seed));
    }

    [Fact]
    public void Lost_frames_are_missing_and_the_others_keep_their_order()
    {
        List<int> numbers = Numbers(Run(new FaultRates { Drop = 0.25 }, Seed));

        Assert.InRange(numbers.Count, Frames * 0.70, Frames * 0.80);
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public void Doubled_frames_come_twice_in_a_row_and_none_is_lost()
    {
        List<int> numbers = Numbers(
            Run(new FaultRates { Duplicate = 0.25 }, Seed, burstFrames: 40));

        Assert.InRange(numbers.Count, Frames * 1.20, Frames * 1.30);
        Assert.Equal(Enumerable.Range(0, Frames), numbers.Distinct());
        Assert.Equal(numbers.Order(), numbers);
    }

    [Fact]
    public void A_full_burst_that_doubles_everything_loses_nothing()
    {
        List<int> numbers = Numbers(Run(new FaultRates { Duplicate = 1 }, Seed));

        Assert.Equal(Enumerable.Range(0, Frames), numbers.Distinct());
    }

    [Fact]
    public void Swapped_frames_change_places_with_their_neighbour_only()
    {
        List<int> numbers = Numbers(Run(new FaultRates { Reorder = 0.2 }, Seed));

        Assert.Equal(Enumerable.Range(0, Frames), numbers.Order());
        Assert.NotEqual(Enumerable.Range(0, Frames), numbers);
        Assert.All(
            numbers.Select((number, place) => Math.Abs(number - place)),
            distance => Assert.InRange(distance, 0, 1));
    }

    [Fact]
    public void A_damaged_frame_differs_in_one_bit()
    {
        List<byte[]> frames = Run(new FaultRates { FlipBit = 0.5 }, Seed);

        int[] wrongBits =
            [.. frames.Select((frame, number) => DifferentBits(frame, TestFrames.Make(number)))];
        Assert.All(wrongBits, bits => Assert.InRange(bits, 0, 1));
        Assert.InRange(wrongBits.Sum(), Frames * 0.45, Frames * 0.55);
    }

    [Fact]
    public void A_cut_frame_is_the_beginning_of_the_frame_and_shorter_on_the_wire_too()
    {
        var inner = new MemoryPort(1);
        for (int i = 0; i < Limits.BurstFrames; i++) inner.Enqueue(TestFrames.Make(i));
        using var port = new FaultyPort(inner, new FaultRates { Truncate = 1 }, Seed);
        var burst = new FrameBurst();

        Assert.Equal(Limits.BurstFrames, port.Receive(burst));

        for (int i = 0; i < burst.Count; i++)
        {
            FrameDescriptor frame = burst.Frames[i];
            Assert.InRange(frame.Length, 0, 63);
            Assert.Equal(frame.Length, frame.WireLength);
            Assert.Equal(TestFrames.Make(i)[..frame.Length], frame.Span.ToArray());
        }
        Assert.Equal(Limits.BurstFrames, port.Faults);
    }

    [Fact]
    public void The_same_seed_gives_the_same_faults_and_another_seed_others()
    {
        var rates = new FaultRates
        {
            Drop = 0.1,
            Duplicate = 0.1,
            Reorder = 0.1,
            FlipBit = 0.1,
            Truncate = 0.1,
        };

        List<byte[]> first = Run(rates, Seed);

        Assert.Equal(first, Run(rates, Seed));
        Assert.NotEqual(first, Run(rates, Seed + 1));
    }

    private static List<byte[]> Run(
        FaultRates rates, int seed, int burstFrames = Limits.BurstFrames)
    {
        var inner = new MemoryPort(1, capacityFrames: Frames);
        using var port = new FaultyPort(inner, rates, seed);
        var burst = new FrameBurst();
        List<byte[]> frames = [];
        for (int number = 0; number < Frames;)
        {
            for (int i = 0; i < burstFrames && number < Frames; i++)
            {
                inner.Enqueue(TestFrames.Make(number++));
            }
            port.Receive(burst);
            for (int i = 0; i < burst.Count; i++) frames.Add(burst.Frames[i].Span.ToArray());
            port.Release(burst);
        }
        return frames;
    }

    private static List<int> Numbers(List<byte[]> frames) =>
        [.. frames.Select(frame => TestFrames.Number(frame))];

    private static int DifferentBits(byte[] first, byte[] second) =>
        first.Zip(second, (a, b) => System.Numerics.BitOperations.PopCount((uint)(a ^ b))).Sum();
}
