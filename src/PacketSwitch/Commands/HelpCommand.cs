// `packetswitch help [TOPIC]`: a command's help, or a page about something that no single command
// stands for: metrics, drops, files, exit codes. What can be listed is listed from the code.

using System.CommandLine;
using System.CommandLine.Parsing;
using PacketSwitch.Control.Config;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>Explains words.</summary>
internal static class HelpCommand
{
    public static Command Row(RootCommand root)
    {
        var topic = new Argument<string?>("TOPIC")
        {
            Description = $"a command, or one of {string.Join(", ", HelpTopics.Names)}",
            HelpName = "TOPIC",
            Arity = ArgumentArity.ZeroOrOne,
        };
        topic.CompletionSources.Add(_ => [
            .. HelpTopics.Names.Concat(root.Subcommands.Select(each => each.Name))
                .Select(name => new System.CommandLine.Completions.CompletionItem(name)),
        ]);
        var command = new Command("help", "a command's help, or a page about a topic") { topic };
        command.SetAction(parsed => Run(root, parsed.GetValue(topic)));
        return command;
    }

    private static int Run(RootCommand root, string? topic)
    {
        if (topic is null)
        {
            int exitCode = root.Parse("--help").Invoke();
            Console.Out.WriteLine(
                $"Topics of packetswitch help TOPIC: {string.Join(", ", HelpTopics.Names)}");
            return exitCode;
        }
        if (HelpTopics.Find(topic) is { } page)
        {
            Console.Out.Write(page);
            return 0;
        }
        string[] commands = [.. root.Subcommands.Select(each => each.Name)];
        if (commands.Contains(topic))
        {
            return root.Parse([topic, "--help"]).Invoke();
        }
        string[] known = [.. commands, .. HelpTopics.Names];
        string meant = NearestWord.Find(topic, known) is { } nearest
            ? $"did you mean '{nearest}'?" : $"one of {string.Join(", ", known)}";
        Console.Error.WriteLine($"help: there is no topic '{topic}'; {meant}");
        return UsageProblem.ExitCode;
    }
}
