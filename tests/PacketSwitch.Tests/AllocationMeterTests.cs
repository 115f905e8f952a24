// The meter tells what an action allocates, and nothing where it allocates nothing.

using Xunit;

namespace PacketSwitch.Tests;

public sealed class AllocationMeterTests
{
    private object? _kept;

    [Fact]
    public void An_allocation_is_in_every_run()
    {
        long bytes = AllocationMeter.Measure(() => _kept = new byte[1000]);

        Assert.True(bytes >= 1000, $"{bytes} bytes");
        Assert.NotNull(_kept);
    }

    [Fact]
    public void Code_that_allocates_nothing_measures_zero()
    {
        long sum = 0;

        Assert.Equal(0, AllocationMeter.Measure(() => sum += Environment.TickCount64));
        Assert.NotEqual(0, sum);
    }
}
