// The menu state machine as the shell uses it: line by line, with prompts, questions and commands.

using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class MenuCursorTests
{
    private readonly ConfigCandidate _candidate = new();
    private readonly ProblemList _problems = new("shell");
    private readonly List<MenuCommand> _commands = [];
    private readonly MenuCursor _cursor;

    public MenuCursorTests() =>
        _cursor = new MenuCursor(_candidate, _problems)
        {
            OnCommand = _commands.Add,
            AbbreviatesCommands = true,
        };

    [Fact]
    public void The_title_follows_the_menus()
    {
        Assert.Equal("Main", _cursor.Title);
        Assert.Equal("Layer 3", After("/cfg/l3"));
        Assert.Equal("IP Interface 1", After("if 1"));
        Assert.Equal("Layer 3", After(".."));
        Assert.Equal("Configuration", After("up"));
        Assert.Equal("Real server 2", After("/cfg/slb/real 2"));
        Assert.Equal("Virtual server 1", After("virt 1"));
        Assert.Equal("Virtual server 1 http Service", After("service http"));
        Assert.Equal("Virtual server 1 8081 Service", After("service 8081"));
        Assert.Equal("SLB port 8", After("/cfg/slb/port 8"));
        Assert.Equal("Layer 4", After("/cfg/slb"));
        Assert.Equal("Main", After("/"));
        Assert.Empty(_problems.All);
    }

    [Fact]
    public void A_menu_without_number_asks_and_waits()
    {
        Execute("/cfg/l3/gw");

        Assert.Equal("Enter default gateway number: (1-255)", _cursor.Question);
        Assert.Equal("Default gateway 4", After("4"));
        Assert.Null(_cursor.Question);
    }

    [Fact]
    public void Stacked_commands_run_in_order()
    {
        Execute("/cfg/slb/real 1/rip 192.0.2.5/ena/apply/save");
        Execute("/info/slb/dump");
        Execute("app");
        Execute("cur /c/slb/real 1");

        Assert.Equal(
            [("apply", ""), ("save", ""), ("info", "/slb/dump"), ("apply", ""),
                ("cur", "/c/slb/real 1")],
            _commands.Select(command => (command.Name, command.Arguments)));
        Assert.True(_candidate.ToConfig().Reals[0].Enabled);
    }

    [Fact]
    public void A_configuration_taken_earlier_does_not_change_with_the_candidate()
    {
        Execute("/cfg/slb/real 1/weight 2");
        SwitchConfig before = _candidate.ToConfig();

        Execute("weight 3");

        Assert.Equal(2, before.Reals[0].Weight);
        Assert.Equal(3, _candidate.ToConfig().Reals[0].Weight);
    }

    [Fact]
    public void A_mistake_leaves_the_cursor_where_it_is()
    {
        Execute("/cfg/slb/real 1");
        Execute("wieght 2");

        ConfigProblem problem = Assert.Single(_problems.All);
        Assert.Equal("weight", problem.Nearest);
        Assert.Equal("Real server 1", _cursor.Title);
    }

    [Fact]
    public void The_accepted_words_are_those_of_the_menu()
    {
        Execute("/cfg/l3/if 1");

        Assert.Equal(["addr", "mask", "vlan", "ena", "dis"], _cursor.AcceptedWords);
    }

    private string After(string line)
    {
        Execute(line);
        return _cursor.Title;
    }

    private void Execute(string line) => _cursor.Execute(ConfigText.Line(line));
}
