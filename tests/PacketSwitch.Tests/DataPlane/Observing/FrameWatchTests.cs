// What a watch on a loop sees is what the tracer of a replay sees: every frame as received, its
// verdict, every copy as it left. That somebody watches changes nothing of it; and what finds no
// room is counted, never waited for.

using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Tests.Explain;
using PacketSwitch.Wire;
using Xunit;
using static PacketSwitch.Tests.Explain.CaseFrames;

namespace PacketSwitch.Tests.DataPlane.Observing;

public sealed class FrameWatchTests
{
    private const int LongFrame = 1300;

    private static readonly WatchRule All = new()
    {
        SnapBytes = 2048,
        PerSecond = Limits.WatchMostPerSecond,
    };

    private static string Base => DropCases.All[0].Config;

    public static TheoryData<DropReason> Reasons() => [.. DropCases.All.Select(one => one.Reason)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_watch_sees_what_the_tracer_sees_and_changes_nothing(DropReason reason)
    {
        DropCase one = DropCases.All.Single(each => each.Reason == reason);
        using var plain = new DropRun(one);
        using var watched = new DropRun(one);
        // A thousand ARP requests at once and their copies need more slots, which short ones give.
        int snap = reason == DropReason.PuntFull ? 256 : All.SnapBytes;
        List<Seen> seen = Watch(watched, All with { SnapBytes = snap }, out FrameWatch watch);

        plain.Run();
        watched.Run();
        Drain(watch, seen);

        AssertSameCounters(plain.Offline.Counters, watched.Offline.Counters);
        AssertSeen(watched.Traces, seen);
        Assert.Equal((watched.Traces.Count, 0L), (watch.Observed, watch.NotObserved));
    }

    // Longer than what is copied before the decision: the rest comes from the frame afterwards.
    [Fact]
    public void A_long_frame_of_a_session_is_seen_whole_as_it_came_and_as_it_left()
    {
        using var run = new DropRun(Connection(Data(1), Data(2)));
        List<Seen> seen = Watch(run, All, out FrameWatch watch);

        run.Run();
        Drain(watch, seen);

        AssertSeen(run.Traces, seen);
        Seen left = seen.Last(each => each.Kind == ObservationKind.Sent);
        Assert.True(left.Bytes.Length > LongFrame);
        Assert.NotEqual(run.Traces[^1].Bytes, left.Bytes);
    }

    [Fact]
    public void Bytes_beyond_the_snap_length_are_left_out_and_the_wire_length_is_told()
    {
        using var run = new DropRun(Connection(Data(1)));
        List<Seen> seen = Watch(run, All with { SnapBytes = 100 }, out FrameWatch watch);

        run.Run();
        Drain(watch, seen);

        Seen[] two = [.. seen.Where(each => each.WireLength > LongFrame)];
        Assert.Equal(2, two.Length);
        Assert.All(two, each => Assert.Equal(100, each.Bytes.Length));
        Assert.Equal(run.Traces[^1].Bytes[..100], two[0].Bytes);
    }

    [Fact]
    public void Only_what_the_rule_wants_is_seen()
    {
        CaseFrame stray = new(8, Tcp(sourcePort: 41_000, flags: TcpFlags.Ack, acknowledgement: 1));
        CaseFrame wrongPort = new(8, Tcp(port: 81));
        DropCase traffic = Connection(Data(1), stray, wrongPort);
        ulong noSession = 1UL << (int)DropReason.NoSession;
        int drop = 1 << (int)Verdict.Drop;
        (WatchRule Rule, int Frames)[] wanted =
        [
            (All, 6), (All with { Verdicts = drop }, 2), (All with { Drops = noSession }, 5),
            (All with { Verdicts = drop, Drops = noSession }, 1),
            (All with { Passes = 1UL << (int)PassReason.New, Drops = 0 }, 1),
            (All with { Reals = [1] }, 4), (All with { NotReals = [1] }, 2),
            (All with { Ports = 0b01 }, 1), (All with { Ports = 0b10 }, 5),
            (All with { Verdicts = 0 }, 0), (All with { Program = Compile("dst port 81") }, 1),
            (All with { Program = Compile("host 192.0.2.77") }, 0),
        ];
        foreach ((WatchRule rule, int frames) in wanted)
        {
            using var run = new DropRun(traffic);
            List<Seen> seen = Watch(run, rule, out FrameWatch watch);

            run.Run();
            Drain(watch, seen);

            int received = seen.Count(each => each.Kind == ObservationKind.Received);
            Assert.True(received == frames, $"{rule}: {received}, not {frames}");
            Assert.Equal(frames, watch.Observed);
            Assert.Equal(0, watch.NotObserved);
            Assert.All(
                seen.Where(each => each.Kind == ObservationKind.Sent),
                each => Assert.Contains(seen, other => other.Kind == ObservationKind.Received
                    && other.Info.Number == each.Info.Number));
        }
    }

    [Fact]
    public void What_the_switch_makes_itself_is_seen_and_can_be_the_only_thing()
    {
        CaseFrame stray = new(8, Tcp(sourcePort: 41_000, flags: TcpFlags.Ack, acknowledgement: 1));
        using var run = new DropRun(new DropCase(DropReason.NoSession, Base, stray));
        List<Seen> seen = Watch(run, All with { Verdicts = 0 }, out FrameWatch watch);

        run.Run();
        Drain(watch, seen);

        Assert.Equal(run.Offline.Counters.Originated, seen.Count);
        Assert.All(seen, each => Assert.Equal(ObservationKind.Originated, each.Kind));
        Assert.Contains(seen, each => FrameText.Describe(each.Bytes)
            .Contains("tcp R", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_ring_costs_observations_that_are_counted_and_no_frame()
    {
        const int Frames = 3000;
        CaseFrame[] data = [.. Enumerable.Range(1, Frames).Select(Data)];
        using var plain = new DropRun(Connection(data));
        using var run = new DropRun(Connection(data));
        List<Seen> seen = Watch(run, All with { SnapBytes = 8192 }, out FrameWatch watch);

        plain.Run();
        run.Run();
        Drain(watch, seen);

        AssertSameCounters(plain.Offline.Counters, run.Offline.Counters);
        Assert.True(watch.NotObserved > 0);
        Assert.Equal(run.Offline.Counters.Received, watch.Observed + watch.NotObserved);
        Assert.Equal(
            watch.Observed, seen.Count(each => each.Kind == ObservationKind.Received));
        Assert.Equal(watch.NotObserved, watch.NotObservedAt.ToArray().Sum());
        Assert.Equal(watch.Observed, watch.ObservedAt.ToArray().Sum());
        Assert.True(seen.Count <= watch.Ring.Capacity);
    }

    // A frame a millisecond comes in, twenty a second may be seen.
    [Fact]
    public void The_rate_bounds_what_is_seen_and_the_rest_is_counted()
    {
        CaseFrame[] data = [.. Enumerable.Range(1, 2000).Select(Data)];
        using var run = new DropRun(Connection(data));
        List<Seen> seen = Watch(run, All with { PerSecond = 20 }, out FrameWatch watch);

        run.Run();
        Drain(watch, seen);

        Assert.InRange(watch.Observed, 40, 50);
        Assert.Equal(run.Offline.Counters.Received, watch.Observed + watch.NotObserved);
    }

    [Fact]
    public void Two_watches_see_each_what_it_wants()
    {
        using var run = new DropRun(Connection(Data(1), new CaseFrame(8, Tcp(port: 81))));
        var drops = new FrameWatch(All with { Verdicts = 1 << (int)Verdict.Drop });
        var all = new FrameWatch(All);
        run.Offline.Watches.Publish([drops, all]);

        run.Run();

        Assert.Equal((1L, 5L), (drops.Observed, all.Observed));
        run.Offline.Watches.Publish([]);
        run.Port(8).Enqueue(Tcp(port: 81));
        run.Offline.Settle();
        Assert.Equal((1L, 5L), (drops.Observed, all.Observed));
    }

    [Fact]
    public void Every_reason_has_a_bit()
    {
        Assert.True(Enum.GetValues<DropReason>().Length <= 64);
        Assert.True(Enum.GetValues<PassReason>().Length <= 64);
    }

    private static FrameProgram Compile(string expression)
    {
        Assert.True(FrameFilter.TryParse(expression, out FrameFilter? filter, out _));
        using (filter)
        {
            return filter!.ToProgram(out _)!;
        }
    }

    private static CaseFrame Data(int number) => new(8, Tcp(
        flags: TcpFlags.Ack, sequence: (uint)(1001 + number), acknowledgement: 7001,
        payload: LongFrame));

    private static DropCase Connection(params CaseFrame[] then) => new(DropReason.None, Base,
        [
            new CaseFrame(8, Tcp()),
            new CaseFrame(1, Tcp(
                Real, 8080, CaseFrames.Client, 40_000, TcpFlags.Syn | TcpFlags.Ack, 7000, 1001,
                fromServer: true)),
            new CaseFrame(8, Tcp(flags: TcpFlags.Ack, sequence: 1001, acknowledgement: 7001)),
            .. then,
        ]);

    private static List<Seen> Watch(DropRun run, WatchRule rule, out FrameWatch watch)
    {
        watch = new FrameWatch(rule);
        run.Offline.Watches.Publish([watch]);
        return [];
    }

    private static void Drain(FrameWatch watch, List<Seen> into)
    {
        for (int count = watch.Ring.Count; count > 0; count--)
        {
            Observation one = watch.Ring.First;
            into.Add(new Seen(
                one.Kind, one.Port, one.Bytes.ToArray(), one.WireLength, one.Info, one.First));
            watch.Ring.Release();
        }
    }

    private static void AssertSeen(List<FrameTrace> traces, List<Seen> seen)
    {
        foreach (FrameTrace trace in traces)
        {
            Seen[] of = [.. seen.Where(each => each.Kind != ObservationKind.Originated
                && each.Info.Number == trace.Number)];
            Seen one = Assert.Single(of, each => each.Kind == ObservationKind.Received);
            Assert.Equal(trace.Bytes, one.Bytes);
            Assert.Equal(trace.WireLength, one.WireLength);
            Assert.Equal(trace.First.Port, one.Port);
            Assert.Equal(
                (trace.Info.Verdict, trace.Info.Drop, trace.Info.Virt, trace.Info.Real),
                (one.Info.Verdict, one.Info.Drop, one.Info.Virt, one.Info.Real));
            Assert.Equal(
                trace.Copies.Select(copy => (copy.Port, Convert.ToHexString(copy.Bytes))),
                of.Where(each => each.Kind == ObservationKind.Sent)
                    .Select(each => ((int)each.Port, Convert.ToHexString(each.Bytes))));
        }
    }

    private static void AssertSameCounters(LoopCounters expected, LoopCounters actual)
    {
        Assert.Equal(
            (expected.Received, expected.Transmitted, expected.Punted, expected.Held,
                expected.Originated, expected.Opened),
            (actual.Received, actual.Transmitted, actual.Punted, actual.Held, actual.Originated,
                actual.Opened));
        Assert.Equal(expected.Dropped, actual.Dropped);
        Assert.Equal(actual.Received, actual.Transmitted + actual.Punted + actual.DroppedTotal
            + actual.Held);
    }

    private sealed record Seen(
        ObservationKind Kind, int Port, byte[] Bytes, int WireLength, FrameInfo Info,
        FrameInfo First);
}
