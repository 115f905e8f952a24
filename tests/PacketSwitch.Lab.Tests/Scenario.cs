// One run of a scenario of the lab that must hold in all its steps and leave nothing. Skipped with
// the reason where it is not permitted, or what it needs is not installed.
using Xunit;

namespace PacketSwitch.Lab.Tests;

internal static class Scenario
{
    private const int NotPermitted = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);

    public static void MustPass(string name, string verdict)
    {
        using var lab = Command.Run(Longest, Repository.RunLab, name, "--no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains(verdict, lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }
}
