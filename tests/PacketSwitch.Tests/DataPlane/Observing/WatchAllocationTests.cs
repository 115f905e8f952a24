// To be watched allocates nothing in the loop: whole frames, headers only, and with a ring that
// nobody empties.

using PacketSwitch.Bench;
using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Observing;

public sealed class WatchAllocationTests
{
    private const int Bursts = 500;

    [Theory]
    [InlineData(true, WatchRule.AllVerdicts)]
    [InlineData(false, WatchRule.AllVerdicts)]
    [InlineData(true, 1 << (int)Verdict.Drop)]
    public void A_watched_burst_allocates_nothing(bool isRead, int verdicts)
    {
        using var engine = new EngineHarness(4096, 1514);
        engine.OpenAll();
        var watch = new FrameWatch(new WatchRule
        {
            SnapBytes = 2048,
            PerSecond = Limits.WatchMostPerSecond,
            Verdicts = verdicts,
        });
        engine.Watches.Publish([watch]);
        Pass(engine, watch, isRead);
        long transmitted = 0;

        long allocated = AllocationMeter.Measure(() =>
        {
            transmitted = engine.Counters.Transmitted;
            for (int burst = 0; burst < Bursts; burst++)
            {
                Pass(engine, watch, isRead);
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(Bursts * EngineHarness.BurstFrames, engine.Counters.Transmitted - transmitted);
        bool wantsThem = verdicts == WatchRule.AllVerdicts;
        Assert.Equal(wantsThem, watch.Observed > 0);
        Assert.True(isRead || watch.NotObserved > 0);
    }

    private static void Pass(EngineHarness engine, FrameWatch watch, bool isRead)
    {
        engine.FillKnown();
        engine.Run();
        for (int count = isRead ? watch.Ring.Count : 0; count > 0; count--)
        {
            watch.Ring.Release();
        }
    }
}
