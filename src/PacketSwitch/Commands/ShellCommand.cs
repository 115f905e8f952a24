// `packetswitch shell`: the Alteon shell of the running switch, typed, piped, from a file or as arguments; `packetswitch /info/slb/dump` is short
// for `packetswitch shell -c /info/slb/dump`.

using System.CommandLine;
using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Reports;

namespace PacketSwitch.Commands;

/// <summary>Alteon's menus.</summary>
internal static class ShellCommand
{
    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket();
        var lines = new Option<string[]>("--command", "-c") { Description = "a line to execute; may be given again" };
        var file = new Argument<string?>("FILE") { Description = "lines to execute", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("shell", "Alteon's menus") { file, lines, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
            parsed.GetValue(lines) is { Length: > 0 } said ? Script(client, said)
            : parsed.GetValue(file) is { } path ? ScriptFile(client, path)
            : Console.IsInputRedirected ? Script(client, Input())
            : Interactive(client)));
        return command;
    }

    /// <summary>True for arguments such as <c>/info/slb/dump</c> or <c>/c/slb/real 1/weight 2</c>.</summary>
    public static bool IsShorthand(string[] arguments)
        => arguments.Length > 0 && arguments[0].Length > 1 && arguments[0][0] == '/' && char.IsAsciiLetter(arguments[0][1])
            && !File.Exists(arguments[0]);

    /// <summary>The arguments that shorthand stands for.</summary>
    public static string[] Expand(string[] arguments)
    {
        int option = Array.FindIndex(arguments, word => word.StartsWith("--", StringComparison.Ordinal));
        int end = option < 0 ? arguments.Length : option;
        return ["shell", "-c", string.Join(' ', arguments[..end]), .. arguments[end..]];
    }

    private static int ScriptFile(ControlClient client, string path)
    {
        try
        {
            return Script(client, File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClientProblem(2, $"{path}: cannot read it: {e.Message}");
        }
    }

    private static IEnumerable<string> Input()
    {
        while (Console.In.ReadLine() is { } line)
            yield return line;
    }

    // Lines that fail do not end a script, as pasting them would not; the exit code tells the worst.
    private static int Script(ControlClient client, IEnumerable<string> lines)
    {
        string session = "";
        int worst = 0;
        foreach (string line in lines)
        {
            ShellReport report = Execute(client, session, line);
            session = report.Session;
            (report.ExitCode == 0 ? Console.Out : Console.Error).Write(report.Output);
            worst = Math.Max(worst, report.ExitCode);
            if (report.Ends)
                break;
        }
        return worst;
    }

    private static int Interactive(ControlClient client)
    {
        ShellReport report = Execute(client, "", "");
        var editor = new LineEditor();
        while (true)
        {
            if (editor.Read(report.Prompt) is not { } line)
            {
                Console.Out.WriteLine();
                return 0;
            }
            int pending = report.Pending;
            report = Execute(client, report.Session, line.Trim() == "?" ? "help" : line);
            Console.Out.Write(report.Output);
            if (!report.Ends)
                continue;
            // Forgetting to apply is the commonest mistake: asked once.
            if (pending == 0 || !Console.IsOutputRedirected && Leaves(pending))
                return 0;
        }
    }

    private static bool Leaves(int pending)
    {
        Console.Out.Write($"{pending} change{(pending == 1 ? "" : "s")} pending, not applied; leave (y/n)? ");
        return Console.In.ReadLine() is not { } answer || answer.Trim().StartsWith('y');
    }

    private static ShellReport Execute(ControlClient client, string session, string line)
    {
        string body = JsonSerializer.Serialize(new ShellRequest(session, line), ReportJson.Readable.ShellRequest);
        return ControlClient.Parse(client.Send(HttpMethod.Post, "v1/shell", body), ReportJson.Readable.ShellReport);
    }
}
