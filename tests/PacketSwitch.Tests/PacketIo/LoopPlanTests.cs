// Which loop serves which ports.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class LoopPlanTests
{
    [Theory]
    [InlineData(1, "0 1 2")]
    [InlineData(2, "0 1 2")]
    [InlineData(4, "0 2|1")]
    [InlineData(6, "0|1|2")]
    [InlineData(64, "0|1|2")]
    public void Ports_share_at_most_one_loop_for_two_processors(int processors, string expected) =>
        Assert.Equal(expected, Text(LoopPlan.For([null, null, null], [1, 1, 1], processors)));

    [Fact]
    public void A_pinned_port_has_its_own_loop_and_ports_of_one_processor_share_it() =>
        Assert.Equal("0 3|1@1|2 4@0", Text(LoopPlan.For([null, 1, 0, null, 0], [1, 1, 1, 1, 1], 2)));

    [Fact]
    public void Ports_that_are_all_pinned_leave_no_other_loop() =>
        Assert.Equal("0@0|1@1", Text(LoopPlan.For([0, 1], [1, 1], 8)));

    [Fact]
    public void Each_further_lane_has_a_loop_for_the_ports_that_have_it() =>
        Assert.Equal("0 1 2|0 2#1|2#2", Text(LoopPlan.For([null, null, null], [2, 1, 3], 2)));

    private static string Text(IReadOnlyList<LoopPlan> plans) => string.Join("|", plans.Select(
        plan => string.Join(" ", plan.Ports) + (plan.Cpu is { } cpu ? $"@{cpu}" : "")
            + (plan.Lane > 0 ? $"#{plan.Lane}" : "")));
}
