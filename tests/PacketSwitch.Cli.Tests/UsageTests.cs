// What the program says to wrong command lines, and to people who ask it what it can: never more than two lines of
// complaint, exit code 2, and what to do next.

using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("packetswitch: no command; one of run, check, doctor")]
    [InlineData("packetswitch: 'chek' is no command; did you mean 'check'?", "chek", "x.cfg", "y.cfg")]
    [InlineData("packetswitch: 'frobnicate' is no command; one of run, check, doctor", "frobnicate")]
    [InlineData("packetswitch: Unrecognized command or argument '--frob'.", "run", "--frob", "--nob")]
    [InlineData("packetswitch: Required argument 'FILE' missing for command: 'check'.", "check")]
    [InlineData("packetswitch: Option '--config' is required.", "replay", "x.pcap")]
    [InlineData("packetswitch: Required argument missing for option: '-c'.", "replay", "x.pcap", "-c")]
    [InlineData("packetswitch: Unrecognized command or argument 'y.pcap'.", "replay", "x.pcap", "y.pcap", "-c", "z")]
    [InlineData("packetswitch: --packet takes a whole number up to 9,223,372,036,854,775,807, not "
        + "'99999999999999999999'", "explain", "x.pcap", "--packet", "99999999999999999999")]
    [InlineData("packetswitch: --limit takes a whole number up to 2,147,483,647, not '2147483648'",
        "explain", "x.pcap", "--limit", "2147483648")]
    [InlineData("packetswitch: --seconds takes a whole number up to 2,147,483,647, not '2s'",
        "bench", "--seconds", "2s")]
    public void A_wrong_command_line_is_told_in_two_lines(string line, params string[] arguments)
    {
        Finished run = Executable.Run(arguments).ShouldExit(2);

        Assert.Empty(run.Output);
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith(line, run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Matches("^see: packetswitch ([a-z]+ )?--help$", run.ErrorLines[1]);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("run --help")]
    [InlineData("check --help")]
    [InlineData("replay --help")]
    public void Help_is_on_the_output_and_exits_0(string arguments)
    {
        Finished help = Executable.Run(arguments.Split(' ')).ShouldExit(0);

        Assert.Empty(help.Errors);
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        Assert.All(help.OutputLines, line => Assert.True(line.Length <= 140, line));
    }

    [Fact]
    public void Help_names_every_command()
    {
        Finished help = Executable.Run("--help").ShouldExit(0);

        Assert.All(
            new[] { "run", "check", "replay" },
            command => Assert.Contains(
                help.OutputLines, line => line.StartsWith($"  {command} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_version_is_one_line_with_a_number()
    {
        Finished version = Executable.Run("--version").ShouldExit(0);

        Assert.Matches(@"^\d+\.\d+\.\d+\S*$", Assert.Single(version.OutputLines));
    }

    [Theory]
    [InlineData("replay -c FILE", "replay: give either one FILE, or --in PORT=FILE for each port; "
        + "see: packetswitch replay --help")]
    [InlineData("replay x.pcap -c FILE --in 8=y.pcap", "replay: give either one FILE, or --in PORT=FILE for each port; "
        + "see: packetswitch replay --help")]
    [InlineData("run -c FILE --io fast", "--io fast: not known; one of auto, pcap, ring")]
    [InlineData("run -c FILE --port eth0", "--port eth0: expected PORT=INTERFACE, for example --port 8=eth0")]
    [InlineData("run -c FILE --port x=eth0", "--port x=eth0: expected PORT=INTERFACE, for example --port 8=eth0")]
    public void Values_that_make_no_sense_are_one_line(string arguments, string line)
    {
        Executable.Run(arguments.Split(' ')).ShouldRefuse(2, line);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("replay", "x.pcap")]
    public void A_configuration_that_is_not_there_is_one_line(params string[] command)
    {
        Executable.Run([.. command, "-c", "nothing.cfg"])
            .ShouldRefuse(2, "nothing.cfg: cannot read the configuration: no such file");
    }

    [Fact]
    public void The_configuration_may_be_named_by_the_environment()
    {
        using Executable run = Executable.Start(
            [.. Executable.Command, "run"],
            new Dictionary<string, string> { ["PACKETSWITCH_CONFIG"] = "from-the-environment.cfg" });

        run.WaitForEnd()
            .ShouldRefuse(2, "from-the-environment.cfg: cannot read the configuration: no such file");
    }
}
