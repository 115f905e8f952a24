// What the README shows is true: its configuration checks as it says, its C# compiles and does what it says, the files
// and commands it names exist, and the answers it prints are the program's.

using System.Text.RegularExpressions;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed partial class ReadmeTests : TestFolder
{
    private static readonly string Readme =
        File.ReadAllText(Path.Combine(Surroundings.Repository, "README.md"));

    [Fact]
    public void Its_configuration_is_right_and_the_check_prints_what_it_shows()
    {
        Write("lab.cfg", Block("port 8 / intf enp1s0"));

        Finished check = Executable.RunIn(At(""), "check", "lab.cfg").ShouldExit(0);

        Assert.Contains($"$ packetswitch check lab.cfg\n{check.Output}", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_csharp_is_the_example_that_is_compiled_here()
    {
        string source = File.ReadAllText(
            Path.Combine(Surroundings.Repository, "tests", "PacketSwitch.Cli.Tests", "ReadmeExample.cs"));
        string example = source.Split("// README begins\n")[1].Split("        // README ends")[0];

        Assert.Equal(example.Replace("\n        ", "\n").TrimStart(), Block("SwitchConfig config"));
    }

    [Fact]
    public void Its_csharp_switches_a_frame()
    {
        string config = Write("switch.cfg", Configurations.TwoRealsWithMacs);
        byte[] syn = new TestFrame("192.0.2.101:40000", "192.0.2.2:80") { Flags = TestFrame.Syn }.ToBytes();
        var output = new StringWriter { NewLine = "\n" };

        ReadmeExample.Run(config, syn, output);

        Assert.Contains("192.0.2.101:40000 > 192.0.2.5:8080", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("1 received, 1 session\n", output.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_replay_it_shows_is_the_one_of_the_real_capture()
    {
        string config = Write("switch.cfg", Configurations.TwoReals.Replace("vip 192.0.2.2", "vip 98.139.134.187"));

        Finished replay = Executable.Run("replay", Surroundings.ForeignCapture("real-tcp."), "-c", config).ShouldExit(0);

        Assert.Contains(replay.Output, Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_links_and_scripts_exist()
    {
        string[] links = [.. Link().Matches(Readme).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(links);
        Assert.All(
            [.. links, "run-lab.sh", "tools/test.sh", "src/PacketSwitch.Wire"],
            path => Assert.True(Path.Exists(Path.Combine(Surroundings.Repository, path)), path));
    }

    [Fact]
    public void Its_words_on_the_command_line_are_commands()
    {
        string[] commands =
            [.. Usage().Matches(Readme).Select(match => match.Groups[1].Value).Distinct()];
        Finished help = Executable.Run("--help").ShouldExit(0);

        Assert.Contains("replay", commands);
        Assert.All(commands, command => Assert.Contains($"\n  {command} ", help.Output, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:\$ |`)packetswitch ([a-z]+)")]
    private static partial Regex Usage();

    // The text of the fenced block that begins so.
    private static string Block(string begin) =>
        Readme.Split("```").Select(block => block[(block.IndexOf('\n') + 1)..])
            .First(block => block.StartsWith(begin, StringComparison.Ordinal));
}
