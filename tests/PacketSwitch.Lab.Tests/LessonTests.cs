// Every lesson is a test: what it claims holds, it shows a packet's walk and asks something, and it
// is short enough for a class. And the lab to play with takes a script.
using System.Diagnostics;
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class LessonTests : IClassFixture<BuiltLab>
{
    private const int NotPermitted = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan InClass = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_lesson_holds_what_it_claims_within_half_a_minute(int number)
    {
        bool wasInTime = false;
        string times = "";
        // A busy machine may take the time away once; not twice.
        for (int attempt = 0; attempt < 2 && !wasInTime; attempt++)
        {
            TimeSpan most = HalfAMinuteOfThisMachine();
            long started = Stopwatch.GetTimestamp();
            using var lab = Command.Run(Longest, Repository.RunLab, "lesson", $"{number}",
                "--no-build");

            Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
            Assert.True(lab.ExitCode == 0, lab.Output);
            Assert.Contains("Question:", lab.Output, StringComparison.Ordinal);
            Assert.Contains("1  cli1 > switch", lab.Output, StringComparison.Ordinal);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            wasInTime = took < most;
            times += $" {took.TotalSeconds:0} of {most.TotalSeconds:0} s";
        }
        Assert.True(wasInTime, $"it took{times}");
    }

    [SkippableFact]
    public void A_lesson_that_is_none_is_answered_with_those_there_are()
    {
        using var lab = Command.Run(Longest, Repository.RunLab, "lesson", "9", "--no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.Equal(2, lab.ExitCode);
        Assert.Contains("./run-lab.sh lesson 8", lab.Output, StringComparison.Ordinal);
    }

    // On a machine that is slow or busy now: two hundred times what it takes to refuse a lesson
    // that is none, which is a tenth of a second on an idle one.
    private static TimeSpan HalfAMinuteOfThisMachine()
    {
        long started = Stopwatch.GetTimestamp();
        using var lab = Command.Run(Longest, Repository.RunLab, "lesson", "9", "--no-build");
        TimeSpan asLong = 200 * Stopwatch.GetElapsedTime(started);
        return asLong > InClass ? asLong : InClass;
    }

    [SkippableFact]
    public void The_lab_to_play_with_takes_a_script_and_leaves_nothing()
    {
        const string Script =
            "cli1 get http://192.0.2.2/ 3\nreal 2 dis\n/info/slb/dump\nweb1 ip -br address\nquit\n";
        using var lab = Command.Run(
            Longest, "bash", "-c",
                $"printf '{Script.Replace("\n", "\\n", StringComparison.Ordinal)}' | "
                + $"{Repository.RunLab} up --no-build");

        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("lab> real 2 dis", lab.Output, StringComparison.Ordinal);
        Assert.Contains("failed 0", lab.Output, StringComparison.Ordinal);
        Assert.Contains("Real server state:", lab.Output, StringComparison.Ordinal);
        Assert.Contains("192.0.2.5/24", lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }
}
