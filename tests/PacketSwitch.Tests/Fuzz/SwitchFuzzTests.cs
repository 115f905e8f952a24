// A hundred thousand spoiled frames through the whole switch, in four configurations, with sessions open and the clock moving. The seed is printed;
// PACKETSWITCH_FUZZ_SEED takes another one.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Fuzz;

public class SwitchFuzzTests(ITestOutputHelper output)
{
    private const int Frames = 25_000;
    private const int DefaultSeed = 7411;
    private const int BalanceEvery = 500;
    private const long MostPauseNs = 400_000_000;

    [Theory]
    [InlineData(4, "")]
    [InlineData(6, "")]
    [InlineData(4, "/c/slb/adv/direct ena")]
    [InlineData(6, "/c/slb/off")]
    public void No_spoiled_frame_throws_or_leaves_worse_than_it_came(int ipVersion, string addition)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("PACKETSWITCH_FUZZ_SEED"), out int given)
            ? given : DefaultSeed;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        SwitchConfig config = ReadConfig(ipVersion == 6, addition);
        using var tested = new TestSwitch(config);
        List<CorpusFrame> own = FuzzCorpus.OwnFrames(config, tested.Mac, ipVersion == 6);
        List<CorpusFrame> others =
            [.. FuzzCorpus.RandomFramesOf(random, tested.Ports.Length), .. FuzzCorpus.ForeignFrames()];
        var conservation = new FrameConservation(tested.Mac);
        long ofSessions = 0;

        for (int i = 0; i < Frames; i++)
        {
            CorpusFrame next = Choose(random, own, others);
            int port = random.Next(5) == 0 ? random.Next(tested.Ports.Length) : next.Port;
            string? fault = Enter(tested, conservation, port, next.Bytes, random.Next(40) == 0, out FrameInfo info);
            ofSessions += info.Pass is PassReason.Session or PassReason.New ? 1 : 0;
            fault ??= i % BalanceEvery == 0 ? tested.FindImbalance() : null;
            Assert.True(fault is null,
                $"seed {seed}, frame {i} on port {tested.Ports[port].Id}: {fault}\nentered: "
                + $"{FrameText.Describe(next.Bytes)} {Convert.ToHexString(next.Bytes)}");
            if (random.Next(50) == 0)
            {
                tested.AdvanceTo(tested.NowNs + random.NextInt64(MostPauseNs));
                Drain(tested);
            }
        }

        output.WriteLine(
            $"{tested.Counters.Transmitted} transmitted, {tested.Counters.Punted} punted, "
            + $"{tested.Counters.DroppedTotal} dropped, {tested.Counters.Held} held; {tested.Counters.Opened} sessions, "
            + $"{ofSessions} frames of them");
        Assert.Null(tested.FindImbalance());
        Assert.True(
            addition.EndsWith("off") || (tested.Counters.Opened > 50 && ofSessions > 2_000),
            $"{tested.Counters.Opened} sessions and {ofSessions} frames of them: the corpus misses its aim");
    }

    // One frame in four is as it should be, so that sessions are open when the spoiled ones come; most of those concern the switch.
    private static CorpusFrame Choose(Random random, List<CorpusFrame> own, List<CorpusFrame> others)
    {
        if (random.Next(4) == 0)
        {
            CorpusFrame good = own[random.Next(own.Count)];
            return good with { Bytes = FrameMutator.OfAnotherClient(random, good.Bytes, good.Port == 0) };
        }
        List<CorpusFrame> source = random.Next(4) == 0 ? others : own;
        CorpusFrame chosen = source[random.Next(source.Count)];
        byte[] other = own[random.Next(own.Count)].Bytes;
        return chosen with { Bytes = FrameMutator.Mutate(random, chosen.Bytes, other) };
    }

    private static string? Enter(
        TestSwitch tested, FrameConservation conservation, int port, byte[] frame, bool isCut, out FrameInfo info)
    {
        tested.TakeVerdicts();
        tested.Enter(port, frame, isCut ? frame.Length + 1 : 0);
        FrameInfo[] verdicts = tested.TakeVerdicts();
        info = Array.FindLast(verdicts, verdict => verdict.Number == tested.Counters.Received);
        if (info.Number == 0)
        {
            return "it has no verdict";
        }
        return conservation.FindFault(frame, info, Drain(tested), tested.Counters.Held > 0);
    }

    private static List<byte[]> Drain(TestSwitch tested)
    {
        var frames = new List<byte[]>();
        foreach (MemoryPort port in tested.Ports)
        {
            while (port.TryTakeSent(out byte[] frame))
            {
                frames.Add(frame);
            }
        }
        return frames;
    }

    private static SwitchConfig ReadConfig(bool isV6, string addition)
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(FuzzCorpus.Folder, "fuzz.cfg")).Append(addition);
        string text = string.Join('\n', isV6 ? lines.Select(FamilyMap.ConfigLine) : lines);
        ParsedConfig parsed = ConfigChecker.Check(text, "fuzz.cfg", ConfigUse.Replay);
        Assert.Empty(parsed.Problems.Where(problem => problem.IsError).Select(ProblemText.Render));
        return parsed.Config;
    }
}
