// help, version and the completion of words in a real bash.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class SmallCommandsTests
{
    [Fact]
    public void Every_topic_and_every_command_has_a_page()
    {
        Finished help = Executable.Run("help").ShouldExit(0);
        string topics = Assert.Single(
            help.OutputLines, line => line.StartsWith("Topics of", StringComparison.Ordinal));

        foreach (string topic in topics.Split(": ")[1].Split(", ").Append("explain"))
        {
            Finished page = Executable.Run("help", topic).ShouldExit(0);
            Assert.True(page.OutputLines.Length > 4, page.Output);
        }
        Assert.Contains("dam-off: ", Executable.Run("help", "drops").Output);
        Executable.Run("help", "dropz").ShouldRefuse(
            2, "help: there is no topic 'dropz'; did you mean 'drops'?");
    }

    [Fact]
    public void The_version_says_what_it_runs_on()
    {
        JsonObject json = Executable.Run("version", "--json").ShouldExit(0).Json();

        string schema = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Schemas", "version.json"));
        Assert.Equal([], JsonSchema.Problems(JsonNode.Parse(schema)!, json));
        Assert.StartsWith($"PacketSwitch {json["version"]}, .NET ",
            Executable.Run("version").ShouldExit(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packetswitch sta", "stats status")]
    [InlineData("packetswitch stats --ex", "--exact")]
    [InlineData("packetswitch completion ", "bash fish zsh")]
    [InlineData("packetswitch real dis --d", "--drain")]
    [InlineData("packetswitch nothing --x", "")]
    public void Bash_completes_words(string line, string words)
        => Assert.Equal(words, Complete(line, "/nowhere"));

    [SkippableFact]
    public void Bash_completes_the_names_of_the_running_switch()
    {
        using var live = new RunningSwitch("""
            sys / sessions 4096
            port 1 / intf port1 / server ena
            port 8 / intf port8 / client ena
            real 1 / name web1 / rip 192.0.2.5 / ena
            real 2 / name web2 / rip 192.0.2.6 / ena
            real 3 / name sorry / rip 192.0.2.7 / ena
            group 1 / name farm / health none / add 1 / add 2
            virt 1 / vname web / vip 192.0.2.2 / ena
            virt 1/service 80

            """);

        Assert.Equal("sorry web1 web2", Complete("packetswitch real dis ", live.Sockets));
        Assert.Equal("web1 web2", Complete("packetswitch real show we", live.Sockets));
        Assert.Equal("farm", Complete("packetswitch group set ", live.Sockets));
    }

    // What Tab offers behind the line, by the script as a person loads it.
    private static string Complete(string line, string sockets)
    {
        string script = Executable.Run("completion", "bash").ShouldExit(0).Output;
        using Executable bash = Executable.Start(
            ["bash", "-c", script + """
                read -ra COMP_WORDS <<< "$1x"
                COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                $(complete -p packetswitch | sed 's/.*-F \([^ ]*\).*/\1/')
                printf '%s\n' "${COMPREPLY[@]}"
                """, "bash", line],
            new Dictionary<string, string> { ["PACKETSWITCH_SOCKET"] = sockets });
        Finished found = bash.WaitForEnd().ShouldExit(0);
        return string.Join(' ', found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Order(StringComparer.Ordinal));
    }
}
