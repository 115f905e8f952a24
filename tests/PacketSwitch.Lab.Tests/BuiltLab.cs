// Builds the lab once before all tests, so that each of them may say --no-build, whichever comes
// first. A word the lab does not know ends it right after its build. Where the lab is not permitted
// it builds nothing, and the tests are skipped one by one.
namespace PacketSwitch.Lab.Tests;

public sealed class BuiltLab
{
    private static readonly Lazy<string> Failure = new(Build);

    public BuiltLab()
    {
        if (Failure.Value != "") throw new InvalidOperationException(Failure.Value);
    }

    private static string Build()
    {
        using var lab = Command.Run(TimeSpan.FromSeconds(400), Repository.RunLab, "build-only");
        return lab.ExitCode is 2 or 5 ? "" : lab.Output;
    }
}
