// `packetswitch doctor` against real faults: each is injected in the lab, found with exit 1, and gone after the commands that doctor
// printed. One run of the lab, a minute and a half; skipped with the reason where namespaces or the tools are missing.
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class DoctorTests : IClassFixture<BuiltLab>
{
    private const int NotPermitted = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);

    [SkippableFact]
    [Trait("Length", "long")]
    public void Doctor_finds_every_injected_fault_and_none_after_its_cure()
    {
        using var lab = Command.Run(Longest, Repository.RunLab, "doctor", "--no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("PASS 17/17", lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }
}
