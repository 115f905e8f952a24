// Every reason for which a frame can be dropped has a capture, an explanation that names it, a counter and a metric label, from one list: the enum. A
// new reason without them fails here.

using PacketSwitch.Control.Statistics;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Explain;

public sealed class EveryDropReasonTests
{
    private static readonly string Folder = Path.Combine(Texts.RepositoryRoot, "captures", "drops");

    private static bool IsBlessing => Environment.GetEnvironmentVariable("PACKETSWITCH_BLESS") == "1";

    public static TheoryData<DropReason> Reasons()
    {
        var reasons = new TheoryData<DropReason>();
        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            reasons.Add(reason);
        }
        return reasons;
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_drop_reason_has_a_case_an_explanation_a_counter_and_a_label(DropReason reason)
    {
        if (DropCases.Unused.ContainsKey(reason))
        {
            Assert.DoesNotContain(DropCases.All, each => each.Reason == reason);
            return;
        }
        DropCase one = Assert.Single(DropCases.All, each => each.Reason == reason);
        using var run = new DropRun(one);

        run.Run();

        LoopCounters counters = run.Offline.Counters;
        Assert.True(counters.Dropped[(int)reason] > 0, Seen(run));
        Assert.Equal(counters.Received, counters.Transmitted + counters.Punted + counters.DroppedTotal + counters.Held);
        FrameTrace trace = run.Traces.Last(each => each.Info.Verdict == Verdict.Drop && each.Info.Drop == reason);
        AssertExplained(one, trace, Names(run));
        Assert.Contains(
            DropMetrics.Line(one.Name, counters.Dropped[(int)reason]),
            DropMetrics.Read([counters]).Select(row => DropMetrics.Line(row.Reason, row.Count)));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void The_capture_of_a_reason_shows_it_where_a_capture_is_enough(DropReason reason)
    {
        DropCase? one = DropCases.All.SingleOrDefault(each => each.Reason == reason);
        if (one is null)
        {
            Assert.True(DropCases.Unused.ContainsKey(reason));
            return;
        }
        foreach ((string path, byte[] bytes) in Files(one))
        {
            if (IsBlessing)
            {
                Directory.CreateDirectory(Folder);
                File.WriteAllBytes(path, bytes);
            }
            Assert.True(
                File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes),
                $"{path} is not what its case makes; if the case is right: PACKETSWITCH_BLESS=1");
        }
        if (one.Circumstance is not null)
        {
            return;
        }
        var traces = new List<FrameTrace>();
        PortFile[] inputs = [.. Ports(one).Select(port => new PortFile(port, PathOf(one, port)))];
        var watch = new ReplayWatch(new StepRecorder { Completed = traces.Add });

        ReplaySummary? summary = PortFilesReplay.Run(
            Texts.Read(one.Config), inputs, [], offloads: false, verdicts: null, watch, out PortProblem? problem);

        Assert.Null(problem);
        Assert.True(summary!.Counters.Dropped[(int)reason] > 0, SwitchSeen(traces));
        FrameTrace trace = traces.Last(each => each.Info.Verdict == Verdict.Drop && each.Info.Drop == reason);
        AssertExplained(one, trace, new Surroundings(Texts.Read(one.Config), [.. Texts.Read(one.Config).Ports.Select(port => port.Id)]));
    }

    [Fact]
    public void No_capture_stands_there_that_no_case_makes()
    {
        string[] made = [.. DropCases.All.SelectMany(Files).Select(file => file.Path).Order(StringComparer.Ordinal)];

        Assert.Equal(made, Directory.GetFiles(Folder).Where(file => !file.EndsWith("README.md")).Order(StringComparer.Ordinal));
    }

    private static void AssertExplained(DropCase one, FrameTrace trace, Surroundings names)
    {
        var explanation = PacketSwitch.Explain.Explanation.Of(trace, names);
        string text = ExplanationText.Full(explanation, names);

        Assert.StartsWith($"DROPPED {one.Name}: ", explanation.Verdict);
        Assert.Contains($"DROPPED {one.Name}: ", ExplanationText.Brief(explanation));
        Assert.Contains(explanation.Lines, line => line.Result == one.Name);
        Assert.EndsWith(explanation.Verdict, text);
        Assert.NotEqual("", ReasonText.Meaning(one.Reason));
    }

    private static Surroundings Names(DropRun run) => new(run.Config, [.. run.Config.Ports.Select(port => port.Id)]);

    private static IEnumerable<int> Ports(DropCase one) => one.Frames.Select(frame => frame.Port).Distinct();

    private static string PathOf(DropCase one, int port) => Path.Combine(Folder, $"{one.Name}.{port}.pcap");

    // The configuration, and a capture for each port at which frames enter.
    private static IEnumerable<(string Path, byte[] Bytes)> Files(DropCase one)
    {
        yield return (Path.Combine(Folder, $"{one.Name}.cfg"), System.Text.Encoding.UTF8.GetBytes(
            (one.Circumstance is { } circumstance ? $"# Needs more than the capture: {circumstance.What}.\n" : "") + one.Config));
        foreach (int port in Ports(one))
        {
            string temporary = Path.GetTempFileName();
            Assert.True(CaptureFileWriter.TryCreate(temporary, out CaptureFileWriter? writer, out _));
            using (writer)
            {
                for (int i = 0; i < one.Frames.Length; i++)
                {
                    if (one.Frames[i].Port == port)
                    {
                        writer!.Write(DropRun.StartNs + (i * DropRun.FrameGapNs), one.Frames[i].Bytes, one.Frames[i].WireLength);
                    }
                }
            }
            byte[] bytes = File.ReadAllBytes(temporary);
            File.Delete(temporary);
            yield return (PathOf(one, port), bytes);
        }
    }

    private static string Seen(DropRun run) => SwitchSeen(run.Traces);

    private static string SwitchSeen(List<FrameTrace> traces) => "the frames ended as "
        + string.Join(", ", traces.Select(trace => $"{trace.Info.Verdict} {trace.Info.Pass} {trace.Info.Drop}"));
}
