// The lab as a person meets it: the script passes, in all its variants, and leaves nothing on the
// machine, however it ends. These are the slowest tests; each starts the real script.
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class LabTests : IClassFixture<BuiltLab>
{
    private const int NotPermitted = 5;

    // Of a run that may have to build, and of one that need not. Only what is broken takes so long.
    private static readonly TimeSpan FirstRun = TimeSpan.FromSeconds(400);
    private static readonly TimeSpan LaterRun = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan EndOfKilled = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public void The_lab_passes_and_leaves_nothing_behind()
    {
        var before = Links();

        using var lab = Command.Run(FirstRun, Repository.RunLab);

        SkipIfNotPermitted(lab);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("PASS 9/9", lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
        Assert.Equal(before, Links());
    }

    [SkippableFact]
    public void The_lab_passes_with_the_hosts_offloads_at_their_default()
    {
        using var lab = Command.Run(LaterRun, Repository.RunLab, "--no-build", "--offloads", "on");

        SkipIfNotPermitted(lab);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("offloads at default", lab.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_lab_passes_with_several_loops_on_each_port()
    {
        using var lab = Command.Run(LaterRun, Repository.RunLab, "--no-build", "--loops", "3");

        SkipIfNotPermitted(lab);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("PASS 9/9", lab.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_lab_passes_as_an_ordinary_user()
    {
        Skip.IfNot(
            Environment.IsPrivilegedProcess,
            "needs root to become another user; without root all tests here are rootless");
        string[] asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        using var readable = Command.Run(
            LaterRun, "setpriv", [.. asNobody, "test", "-r", Repository.RunLab]);
        Skip.If(
            readable.ExitCode != 0,
            $"needs a tree that others may read, and {Repository.Root} is none");

        using var lab = Command.Run(
            LaterRun, "setpriv", [.. asNobody, Repository.RunLab, "--no-build"]);

        SkipIfNotPermitted(lab);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("rootless", lab.Output, StringComparison.Ordinal);
        Assert.Equal(0, lab.CountSurvivors());
    }

    [SkippableTheory]
    [InlineData("KILL", 137)]
    [InlineData("TERM", 143)]
    public void A_signal_in_the_middle_leaves_nothing_behind(string signal, int exitCode)
    {
        var before = Links();
        using var lab = Command.Start(Repository.RunLab, "--no-build");
        WaitOrSkip(lab, "[1/9]");
        Assert.NotEqual(0, lab.CountSurvivors());

        lab.Signal(signal);
        lab.WaitForExit(EndOfKilled);

        Assert.Equal(exitCode, lab.ExitCode);
        AssertNothingIsLeft(lab);
        Assert.Equal(before, Links());
    }

    [SkippableFact]
    public void A_kill_while_it_builds_leaves_nothing_behind()
    {
        var copy = Directory.CreateTempSubdirectory("packetswitch-lab-test-");
        try
        {
            Repository.CopySources(copy.FullName);
            using var lab = Command.Start("bash", Path.Combine(copy.FullName, "run-lab.sh"));
            WaitOrSkip(lab, "PacketSwitch lab:");
            // The build is under way when its first output exists.
            var restored = Path.Combine(
                copy.FullName, "src", "PacketSwitch", "obj", "project.assets.json");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(restored), FirstRun), lab.Output);

            lab.Signal("KILL");
            lab.WaitForExit(EndOfKilled);

            AssertNothingIsLeft(lab);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void Where_namespaces_are_not_allowed_it_says_so_in_one_line()
    {
        // A user namespace whose own limits forbid any further namespace.
        const string Forbid = """
            cd /proc/sys/user && echo 0 >max_net_namespaces && echo 0 >max_user_namespaces
            exec "$0"
            """;
        using var lab = Command.Run(
            LaterRun,
            "unshare", "--user", "--map-root-user", "sh", "-c", Forbid, Repository.RunLab);

        Skip.If(lab.Output.StartsWith("unshare:", StringComparison.Ordinal), lab.Output.Trim());
        Assert.Equal(NotPermitted, lab.ExitCode);
        Assert.StartsWith(
            "cannot make network namespaces here: ", lab.Output, StringComparison.Ordinal);
        Assert.Single(lab.Output.Trim().Split('\n'));
    }

    [SkippableFact]
    public void A_wrong_word_is_refused_with_one_line()
    {
        using var lab = Command.Run(
            LaterRun, Repository.RunLab, "--no-build", "--offloads", "maybe");

        SkipIfNotPermitted(lab);
        Assert.Equal(2, lab.ExitCode);
        Assert.Contains("--offloads does not take 'maybe'", lab.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Curl_and_nginx_work_through_the_switch_with_default_offloads()
    {
        using var lab = Command.Run(LaterRun, Repository.RunLab, "peers", "--no-build");

        SkipIfNotPermitted(lab);
        Assert.True(lab.ExitCode == 0, lab.Output);
        Assert.Contains("PASS 4/4", lab.Output, StringComparison.Ordinal);
    }

    private static void SkipIfNotPermitted(Command lab) =>
        Skip.If(lab.ExitCode == NotPermitted, lab.Output.Trim().Split('\n')[^1]);

    private static void WaitOrSkip(Command lab, string text)
    {
        try
        {
            lab.WaitForOutput(text, FirstRun);
        }
        catch (TimeoutException exception)
        {
            lab.WaitForExit(EndOfKilled);
            SkipIfNotPermitted(lab);
            Assert.Fail(exception.Message);
        }
    }

    // The kernel ends the rest right after the first process, but not in the same instant.
    private static void AssertNothingIsLeft(Command lab) =>
        Assert.True(SpinWait.SpinUntil(() => lab.CountSurvivors() == 0, EndOfKilled),
            $"{lab.CountSurvivors()} processes outlive the lab");

    private static string Links()
    {
        using var links = Command.Run(LaterRun, "ip", "-o", "link");
        using var namespaces = Command.Run(LaterRun, "ip", "netns");
        return links.Output + namespaces.Output;
    }
}
