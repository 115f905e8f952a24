// The executable `packetswitch`: the command tree and nothing else. Each command is a row that reads its options and calls one function;
// what the function returns is the exit code (0 ok, 1 no, 2 usage, 3 invalid configuration, 4 no running switch, 5 not permitted).

using System.CommandLine;
using PacketSwitch.Commands;
using PacketSwitch.Running;

namespace PacketSwitch;

/// <summary>The command tree.</summary>
public static class Program
{
    /// <summary>Runs one command and returns its exit code. No exception leaves it.</summary>
    public static int Main(string[] arguments)
    {
        try
        {
            // Frames wait for the start of a switch, which needs no other row than its own.
            bool isRun = arguments is ["run", ..];
            if (isRun)
                WarmUp.Begin();
            var root = new RootCommand("A Layer-4 switch: it takes frames in, picks a real server, rewrites, sends.");
            root.Subcommands.Add(RunCommand.Row());
            if (!isRun)
                AddOthers(root);
            if (CompletionCommand.IsQuestion(arguments))
                return CompletionCommand.Answer(root, arguments);
            ParseResult parsed = root.Parse(ShellCommand.IsShorthand(arguments) ? ShellCommand.Expand(arguments) : arguments);
            if (parsed.Errors.Count > 0)
            {
                UsageProblem.Write(parsed, Console.Error);
                return UsageProblem.ExitCode;
            }
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"packetswitch: {e.Message} ({e.GetType().Name}); this is a defect, please report it");
            return 1;
        }
    }

    private static void AddOthers(RootCommand root)
    {
        root.Subcommands.Add(CheckCommand.Row());
        root.Subcommands.Add(DoctorCommand.Row());
        root.Subcommands.Add(ReplayCommand.Row());
        root.Subcommands.Add(ExplainCommand.Row());
        root.Subcommands.Add(WhatIfCommand.Row());
        root.Subcommands.Add(ImportCommand.Row());
        root.Subcommands.Add(BenchCommand.Row());
        root.Subcommands.Add(StatusCommand.Row());
        root.Subcommands.Add(StatsCommand.Row());
        root.Subcommands.Add(TopCommand.Row());
        root.Subcommands.Add(SessionsCommand.Row());
        root.Subcommands.Add(EventsCommand.Row());
        root.Subcommands.Add(ObserveCommand.Row());
        root.Subcommands.Add(CaptureCommand.Row());
        foreach (Command row in ObjectCommands.Rows().Concat(ConfigCommands.Rows()))
            root.Subcommands.Add(row);
        root.Subcommands.Add(ShellCommand.Row());
        root.Subcommands.Add(HelpCommand.Row(root));
        root.Subcommands.Add(VersionCommand.Row());
        root.Subcommands.Add(CompletionCommand.Row());
    }
}
