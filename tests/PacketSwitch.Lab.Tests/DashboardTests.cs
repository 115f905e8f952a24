// The dashboard in a real browser, the metrics' names, and top on two terminals: one run of the
// lab. Skipped with the reason where Chromium or tmux are missing (tools/setup.sh --test-peers).
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class DashboardTests : IClassFixture<BuiltLab>
{
    private const int NotPermitted = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);

    [SkippableFact]
    [Trait("Length", "long")]
    public void The_dashboard_moves_and_explains_top_wraps_no_line_and_the_shell_is_edited()
    {
        using var lab = Command.Run(Longest, Repository.RunLab, "dashboard", "--no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("PASS 5/5", lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }
}
