// A frame of a known session, and one that opens a session, allocate nothing, from the receiving
// port's call to the sending port's.

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

    [Fact]
    public void A_plain_first_frame_opens_its_session_and_allocates_nothing()
    {
        const int Opened = 64 * Bursts;
        using var engine = new EngineHarness(Opened, 60);
        long before = 0;

        long allocated = AllocationMeter.Measure(() =>
        {
            engine.EndAll();
            before = engine.Counters.Opened;
            while (engine.TryFillNew())
            {
                engine.Run();
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(Opened, engine.Counters.Opened - before);
    }
}
