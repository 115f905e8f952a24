// Real stacks on both sides of the switch: every forwarding mode, servers and routers that move,
// an operator at work, somebody who looks on. Each test is one run of the lab; what is not
// permitted or not installed is skipped and says so.
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class ModesTests : IClassFixture<BuiltLab>
{
    [SkippableTheory]
    [Trait("Length", "long")]
    [InlineData("modes", "PASS 11/11")]
    [InlineData("moves", "PASS 4/4")]
    [InlineData("operate", "PASS 4/4")]
    [InlineData("observe", "PASS 4/4")]
    public void Real_programs_work_through_the_switch(string scenario, string verdict) =>
        Scenario.MustPass(scenario, verdict);
}
