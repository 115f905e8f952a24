// The dashboard in a real browser, the metrics' names, and top on two terminals: one run of the
// lab. Skipped with the reason where Chromium or tmux are missing (tools/setup.sh --test-peers).
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class DashboardTests : IClassFixture<BuiltLab>
{
    [SkippableFact]
    [Trait("Length", "long")]
    public void The_dashboard_moves_and_explains_top_wraps_no_line_and_the_shell_is_edited() =>
        Scenario.MustPass("dashboard", "PASS 5/5");
}
