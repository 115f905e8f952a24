// A frame of a known session allocates nothing, from the receiving port's call to the sending port's.

using PacketSwitch.Bench;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class AllocationTests
{
    private const int Bursts = 1000;

    [Theory]
    [InlineData(60)]
    [InlineData(1514)]
    public void A_thousand_bursts_of_known_sessions_allocate_nothing(int frameBytes)
    {
        using var engine = new EngineHarness(4096, frameBytes);
        engine.OpenAll();
        engine.FillKnown();
        engine.Run();
        long transmitted = 0;

        long allocated = AllocationMeter.Measure(() =>
        {
            transmitted = engine.Counters.Transmitted;
            for (int burst = 0; burst < Bursts; burst++)
            {
                engine.FillKnown();
                engine.Run();
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(Bursts * EngineHarness.BurstFrames, engine.Counters.Transmitted - transmitted);
    }
}
