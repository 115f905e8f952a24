// The commands that stand among the configuration's words in a shell: apply, save, revert, diff, cur, help and the rest, and the way into the
// operational menus.

using System.Text;
using PacketSwitch.Api;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Live;

namespace PacketSwitch.Shell;

/// <summary>Global commands of the shell.</summary>
internal sealed class ShellCommands(ShellContext context)
{
    private LiveConfig Live => context.Api.Config;

    /// <summary>Runs a command; true when the shell is to end.</summary>
    public bool Run(MenuCommand command, MenuSession menus, ShellSession session, StringBuilder output)
    {
        string arguments = command.Arguments.Trim();
        switch (command.Name)
        {
            case "apply":
                Say(Changed(() => arguments.StartsWith("confirm ", StringComparison.Ordinal)
                    ? Live.Apply(TimeSpan.FromSeconds(ShellWords.Number("apply confirm", [arguments[8..].Trim()], 86_400)))
                    : Live.Apply()), output);
                break;
            case "save":
                Say(Changed(() => Live.Save(force: arguments is "force" or "--force")), output);
                break;
            case "revert":
                Say(Changed(() => arguments == "apply" ? Live.RevertApplied() : Live.Revert()), output);
                break;
            case "confirm":
                Say(Changed(Live.Confirm), output);
                break;
            case "diff":
                Diff(fromSaved: arguments is "flash" or "--flash", output);
                break;
            case "cur":
                Current(arguments.Length > 0 ? arguments : menus.Path, output);
                break;
            case "dump":
                output.Append(ConfigWriter.Write(Live.Running, defaults: arguments is "defaults" or "--defaults"));
                break;
            case "info" or "stats" or "oper" or "maint":
                session.RunOperational(OperationalMenus.Root, command.Name + Slashed(arguments), output);
                break;
            case "help" or "?" or "print":
                output.Append(MenuText.Of(menus.Title, menus.AcceptedWords));
                break;
            case "pwd":
                output.Append('/').Append(menus.Path).Append('\n');
                break;
            case "lines" or "verbose":
                // Paging and chattiness are the terminal's business.
                break;
            case "exit" or "quit":
                return true;
            default:
                throw new ShellRefusal($"'{command.Name}' is run on the host: leave the shell with exit and type it there");
        }
        return false;
    }

    private ConfigOutcome Changed(Func<ConfigOutcome> order)
        => context.MayChange ? order() : throw new ShellRefusal(ApiRoutes.NotPermitted, exitCode: 5);

    private static void Say(ConfigOutcome outcome, StringBuilder output)
    {
        foreach (ConfigProblem problem in outcome.Problems)
            output.Append(ProblemText.Render(problem)).Append('\n');
        foreach (string later in outcome.AtNextStart)
            output.Append("at the next start: ").Append(later).Append('\n');
        if (!outcome.Done)
            throw new ShellRefusal(outcome.Message, outcome.IsInvalid ? 3 : 1);
        output.Append(outcome.Message).Append('\n');
    }

    private void Diff(bool fromSaved, StringBuilder output)
    {
        ConfigDiff diff = Live.Diff(fromSaved);
        output.Append(diff.ToText());
        output.Append(DiffSentence.Of(diff.Changes, fromSaved, context.Api.View.Tables.SessionCount)).Append('\n');
    }

    private void Current(string path, StringBuilder output)
    {
        string text = ConfigPart.Text(Live.Running, path, defaults: path.Length > 0 && path.Contains(' '), out string problem);
        if (problem.Length > 0)
            throw new ShellRefusal(problem);
        output.Append(text.Length == 0 ? "everything is at its default\n" : text);
        int pending = Live.Standing.Pending;
        if (pending > 0)
            output.Append($"running; {pending} pending change{(pending == 1 ? "" : "s")}: diff\n");
    }

    private static string Slashed(string arguments)
        => arguments.Length == 0 || arguments[0] == '/' ? arguments : "/" + arguments;
}
