// One replay with all that was asked for beside it: the annotated capture, the comparison with what
// is expected, the statistics. Made by ReplayCommand once options and configuration are right.

using System.Diagnostics;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;

namespace PacketSwitch.Commands;

/// <summary>Carries out a request.</summary>
internal sealed class ReplayRun(
    ReplayRequest request, SwitchConfig config, IReadOnlyList<PortFile> inputs,
        IReadOnlyList<PortFile> outputs,
    TextWriter? verdicts)
{
    private const int Different = 1;

    /// <summary>Runs, prints, and returns the exit code.</summary>
    public int Run(TextWriter output, TextWriter errors)
    {
        Expectation? expectation = null;
        PortProblem? problem = null;
        if (request.Expect is { } expected
            && (expectation = Expectation.TryRead(expected, request.Bless, out problem)) is null)
        {
            return Fail(problem!, errors);
        }
        // An annotated expectation is blessed by writing the annotated capture in its place.
        string? annotatedPath = request.Bless && expectation!.IsAnnotated ? request.Expect
            : request.Annotated;
        AnnotatedCapture? annotated = null;
        if (annotatedPath is not null
            && !AnnotatedCapture.TryCreate(
                annotatedPath, config, request.Config, out annotated, out problem))
        {
            return Fail(problem!, errors);
        }
        ReplayStatistics? statistics = request.Stats ? new ReplayStatistics(config) : null;
        ReplaySummary? summary;
        using (annotated)
        {
            using var progress = new ReplayProgress();
            bool records = annotated is not null || expectation is not null
                || statistics is not null;
            var recorder = new StepRecorder
            {
                Recorded = frame =>
                {
                    annotated?.Add(frame);
                    expectation?.Add(frame);
                },
                Completed = trace => statistics?.Add(trace),
            };
            summary = Replay(outputs, verdicts, new ReplayWatch(
                records ? recorder : null)
            { Entered = progress.Tick }, out problem);
            problem ??= annotated?.Problem;
        }
        if (summary is null)
        {
            return Fail(problem!, errors);
        }
        Time(statistics);
        verdicts?.Flush();
        output.WriteLine(request.Json ? summary.ToJson(statistics) : summary.ToText(statistics));
        if (annotated is not null && !request.Json)
        {
            output.WriteLine(annotated.Figures(annotatedPath!));
        }
        bool isDifferent = summary.Answers?.Different > 0;
        if (expectation is not null && !request.Bless)
        {
            isDifferent |= !expectation.Compare(request.Json ? errors : output);
        }
        else if (expectation is { IsAnnotated: false })
        {
            problem ??= expectation.Bless();
        }
        return problem is not null ? Fail(problem, errors) : isDifferent ? Different : 0;
    }

    // Timed without anybody who watches, and not the run whose outputs are kept.
    private void Time(ReplayStatistics? statistics)
    {
        for (int i = 0; statistics is not null && i < request.Loops; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Replay([], null, null, out _);
            statistics.AddTime(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private ReplaySummary? Replay(
        IReadOnlyList<PortFile> to, TextWriter? lines, ReplayWatch? watch, out PortProblem? problem)
        => request.File is { } file
            ? OneFileReplay.Run(config, file, to, request.Offloads, lines, watch, out problem)
            : PortFilesReplay.Run(config, inputs, to, request.Offloads, lines, watch, out problem);

    private static int Fail(PortProblem problem, TextWriter errors)
    {
        errors.WriteLine(problem.Message);
        return problem.ExitCode;
    }
}
