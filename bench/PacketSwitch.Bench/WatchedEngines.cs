// What it costs an engine to be watched: slices of the same work with nobody looking, with the two
// watches of the dashboard, with a capture at its usual rate, and with as many as may be copied, in
// turn, so that whatever else the machine does meets all of them. A turn is long enough for rates,
// which go by the engine's clock, to be spent; what comes before that is left out. Run with
// `-- --watched`.

using System.Globalization;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Bench;

/// <summary>Known sessions under observation.</summary>
internal static class WatchedEngines
{
    private const int Flows = 1 << 16;
    private const int FrameBytes = 60;
    private const int SliceBursts = 64;
    private const int Rounds = 6, Slices = 400, LeftOut = 40;
    private const int Drop = 1 << (int)Verdict.Drop;

    private static readonly (string Name, WatchRule[] Rules)[] Ways =
    [
        ("nobody", []), ("nobody, again", []),
        ("the dashboard's two", [
            new() { SnapBytes = 2048, PerSecond = 200, Verdicts = Drop },
            new() { SnapBytes = 2048, PerSecond = 200, Verdicts = WatchRule.AllVerdicts & ~Drop }]),
        ("observe --verdict dropped", [new() { Verdicts = Drop }]),
        ("capture, 10,000 a second", [new() { SnapBytes = 2048, PerSecond = 10_000 }]),
        ("capture, 1,000,000 a second", [new() { SnapBytes = 2048, PerSecond = 1_000_000 }]),
    ];

    /// <summary>Measures and prints a line for each way.</summary>
    public static int Run(TextWriter output)
    {
        using var engine = new EngineHarness(Flows, FrameBytes);
        engine.OpenAll();
        List<double>[] ns = [.. Ways.Select(_ => new List<double>())];
        FrameWatch[][] watches =
            [.. Ways.Select(way => way.Rules.Select(rule => new FrameWatch(rule)).ToArray())];
        for (int turn = 0; turn < Rounds * Ways.Length; turn++)
        {
            int way = turn % Ways.Length;
            engine.Watches.Publish(watches[way]);
            for (int slice = 0; slice < Slices; slice++)
            {
                double taken = Slice(engine, watches[way]);
                // The first round is the compiler's.
                if (slice >= LeftOut && turn >= Ways.Length)
                {
                    ns[way].Add(taken);
                }
            }
        }
        double[] medians = [.. ns.Select(Median)];
        for (int way = 0; way < Ways.Length; way++)
        {
            double more = medians[way] - medians[0];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Ways[way].Name,-28}{medians[way],7:0.0} ns a frame{more,+8:+0.0;-0.0} ns  "
                + $"{watches[way].Sum(each => each.Observed),12:N0} observed"
                + $"{watches[way].Sum(each => each.NotObserved),14:N0} not"));
        }
        output.WriteLine($"{Flows:N0} known sessions, medians; {MachineText.Describe()}");
        return 0;
    }

    // The reader's work is another thread's: the rings are emptied outside the time taken.
    private static double Slice(EngineHarness engine, FrameWatch[] watches)
    {
        long ns = 0;
        for (int burst = 0; burst < SliceBursts; burst++)
        {
            engine.FillKnown();
            ns += engine.Run();
            foreach (FrameWatch watch in watches)
            {
                for (int left = watch.Ring.Count; left > 0; left--)
                {
                    watch.Ring.Release();
                }
            }
        }
        return ns / (double)(SliceBursts * EngineHarness.BurstFrames);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
