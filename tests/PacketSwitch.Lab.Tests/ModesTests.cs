// Real stacks on both sides of the switch: every forwarding mode, a SYN flood, servers that fail, and servers and routers that move. Each test is one run
// of the lab and takes about a minute; what is not permitted or not installed is skipped and says so.
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class ModesTests : IClassFixture<BuiltLab>
{
    private const int NotPermitted = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);

    [SkippableTheory]
    [Trait("Length", "long")]
    [InlineData("modes", "PASS 11/11")]
    [InlineData("moves", "PASS 4/4")]
    [InlineData("flood", "PASS 3/3")]
    [InlineData("operate", "PASS 4/4")]
    [InlineData("observe", "PASS 4/4")]
    [InlineData("offload", "PASS 6/6")]
    [InlineData("failover", "PASS 10/10")]
    public void Real_programs_work_through_the_switch(string scenario, string verdict)
    {
        using var lab = Command.Run(Longest, Repository.RunLab, scenario, "--no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains(verdict, lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }
}
