// Builds the lab once before the tests of a class, so that each of them may say --no-build,
// whichever comes first. A word the lab does not know ends it right after its build. Where the lab
// is not permitted it builds nothing, and the tests are skipped one by one.
namespace PacketSwitch.Lab.Tests;

public sealed class BuiltLab
{
    public BuiltLab()
    {
        using var lab = Command.Run(TimeSpan.FromSeconds(400), Repository.RunLab, "build-only");
        if (lab.ExitCode is not (2 or 5)) throw new InvalidOperationException(lab.Output);
    }
}
