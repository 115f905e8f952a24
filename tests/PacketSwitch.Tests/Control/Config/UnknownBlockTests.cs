// Blocks of other menus in a text, as a dump of a whole switch has them: what stands below a path
// that leads nowhere belongs there, and is not read as words of the menu that was reached.

using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class UnknownBlockTests
{
    [Fact]
    public void What_stands_below_an_unknown_path_changes_nothing()
    {
        ParsedConfig parsed = ConfigParser.Parse("""
            /c/slb/group 1
                add 1
            /c/slb/filt 10
                ena
                group 1
                name "redirect"
                add 2
            /c/slb/group 2
                add 2
            """, "dump.cfg");

        Assert.Equal([1], parsed.Config.FindGroup(1)!.Members);
        Assert.Equal("", parsed.Config.FindGroup(1)!.Name);
        Assert.Equal([2], parsed.Config.FindGroup(2)!.Members);
        Assert.Equal("unknown word 'filt' in slb", Assert.Single(parsed.Problems).Message);
        Assert.Equal([4, 5, 6, 7], parsed.SkippedLines);
    }

    [Theory]
    [InlineData("inter v5", "inter 5")]
    [InlineData("ipver v4", "inter 5")]
    [InlineData("rip 192.0.2.555", "rip 192.0.2.6")]
    public void A_refused_word_has_set_nothing_that_could_be_replaced(string refused, string next)
    {
        ParsedConfig parsed = ConfigParser.Parse(
            $"real 1\n    {refused}\n    {next}\n", "test.cfg");

        Assert.True(Assert.Single(parsed.Problems).IsError);
    }
}
