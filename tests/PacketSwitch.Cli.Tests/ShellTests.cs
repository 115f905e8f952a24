// Alteon's shell on a running switch: the seed's walk-through pasted line by line, stacked lines, menus and marks.

using PacketSwitch.Cli.Tests.Support;
using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class ShellTests
{
    private const string Ports = "port 1 / intf port1\nport 2 / intf port2\nport 8 / intf port8\nsys / sessions 4096\n";

    [SkippableFact]
    public void The_walk_through_pasted_into_a_running_switch_runs_is_saved_and_starts_again()
    {
        string walkthrough = File.ReadAllText(Surroundings.Walkthrough());
        using var live = new RunningSwitch(Ports);

        Finished shell = live.ClientWithInput(walkthrough, "shell").ShouldExit(0);

        SwitchConfig expected = ConfigParser.Parse(Ports + walkthrough, "expected").Config;
        string dump = live.Client("dump").ShouldExit(0).Output;
        Assert.Equal(ConfigWriter.Write(expected), dump);
        Assert.Equal("Nothing is pending.", live.Client("diff").ShouldExit(0).OutputLines[^1]);
        Assert.Equal("Running = saved.", live.Client("diff", "--flash").ShouldExit(0).OutputLines[^1]);
        Assert.Contains("Real server state:", shell.Output, StringComparison.Ordinal);
        Assert.Contains("http: rport 8080, group 1, health tcp (TCP)", shell.Output, StringComparison.Ordinal);
        live.Restart();
        Assert.Equal(dump, live.Client("dump").ShouldExit(0).Output);
    }

    [SkippableFact]
    public void Stacked_lines_work_as_arguments_in_a_file_and_on_standard_input()
    {
        using var live = new RunningSwitch(Ports);
        string script = Path.Combine(Path.GetDirectoryName(live.ConfigFile)!, "script");
        File.WriteAllText(script, "/cfg/slb/real 2/rip 1.2.3.6/ena/apply\n");

        live.Client("/cfg/slb/real", "1/rip", "1.2.3.5/ena/apply/save").ShouldExit(0);
        live.Client("shell", script).ShouldExit(0);
        live.ClientWithInput("/cfg/slb/real 3/rip 1.2.3.7/ena/apply\n", "shell").ShouldExit(0);

        Assert.Equal(
            "/c/slb/real 1\n    rip 1.2.3.5\n    ena\n/c/slb/real 2\n    rip 1.2.3.6\n    ena\n/c/slb/real 3\n    rip 1.2.3.7\n    ena\n",
            live.Client("dump").ShouldExit(0).Output[live.Client("dump").Output.IndexOf("/c/slb/real", StringComparison.Ordinal)..]);
    }

    [SkippableFact]
    public void A_line_with_an_error_runs_no_command_behind_it_and_the_script_ends_with_3()
    {
        using var live = new RunningSwitch(Ports + "real 1 / rip 1.2.3.5 / ena\n");

        Finished shell = live.ClientWithInput("/c/slb/real 1/wieght 2/apply\nweight 3\ndiff\n", "shell").ShouldExit(3);

        Assert.Contains("apply was not run: the line has an error", shell.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'weight'?", shell.Errors, StringComparison.Ordinal);
        Assert.Contains("+     weight 3", shell.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_pasted_session_has_prompts_echoes_and_questions_for_help()
    {
        using var live = new RunningSwitch(Ports + "slb on\n");

        Finished shell = live.ClientWithInput(
            """
            >> Main# /c/slb/real 7
            >> Real Server 7# rip 1.2.3.7
            Current real server IP address:  0.0.0.0
            New pending real server IP address:  1.2.3.7
            >> Real Server 7# ena
            >> Real Server 7# name "web 7"
            >> Real Server 7# ?
            >> Real Server 7# apply
            Apply complete; don't forget to "save" updated configuration.
            >> Real Server 7# /info/slb
            >> Server Load Balancing Information# dump   ; what it says
            >> Server Load Balancing Information# exit
            never reached
            """,
            "shell").ShouldExit(0);

        Assert.Contains("[Real server 7 Menu]", shell.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Real server state:\n  7: 1.2.3.7, ", shell.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was pending.", shell.Output, StringComparison.Ordinal);
        Finished shown = live.Client("real", "show", "web 7").ShouldExit(0);
        Assert.Contains("    rip 1.2.3.7\n", shown.Output, StringComparison.Ordinal);
        live.Client("real", "set", "web 7", "weight", "3", "--apply").ShouldExit(0);
    }

    [SkippableFact]
    public void Menus_of_information_are_entered_left_and_abbreviated()
    {
        using var live = new RunningSwitch(Ports + "real 1 / rip 1.2.3.5 / ena\nport 1 / server ena\nslb on\n");

        Finished shell = live.ClientWithInput(
            """
            /info
            slb
            real 1
            ..
            link
            /stats/slb/maint
            /inf/sl/du
            /stats/slb/real 9
            /oper/slb/dis 1 n
            /c/slb/real 1
            pwd
            help
            exit
            never reached
            """,
            "shell").ShouldExit(1);

        string[] wanted =
        [
            "[Information Menu]", "[Server Load Balancing Information Menu]", "  1: 1.2.3.5, ", "PORT  INTERFACE", "dam-off",
            "Virtual server state:", "real 1 drains: no new sessions, 0 sessions left", "/real 1", "[Real server 1 Menu]",
        ];
        int from = 0;
        foreach (string text in wanted)
        {
            int at = shell.Output.IndexOf(text, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{text}' does not come in order in:\n{shell.Output}");
            from = at;
        }
        Assert.Equal(["error: there is no real '9' (configured: 1)"], shell.ErrorLines);
    }
}
