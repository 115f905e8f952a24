// A SYN flood, long connections in the kernel, servers that fail under load: what measures time or
// fills both cores, and hence runs alone.
using Xunit;

namespace PacketSwitch.Lab.Tests;

[Collection(AloneCollection.Name)]
public sealed class StressTests : IClassFixture<BuiltLab>
{
    [SkippableTheory]
    [Trait("Length", "long")]
    [InlineData("flood", "PASS 3/3")]
    [InlineData("offload", "PASS 6/6")]
    [InlineData("failover", "PASS 10/10")]
    public void Real_programs_work_through_the_switch(string scenario, string verdict) =>
        Scenario.MustPass(scenario, verdict);
}
