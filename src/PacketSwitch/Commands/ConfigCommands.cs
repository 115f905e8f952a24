// The commands of the two-phase configuration: cur, diff, apply, confirm, save, revert, load, dump.

using System.CommandLine;
using System.Globalization;
using PacketSwitch.Client;
using PacketSwitch.Control.Config;
using PacketSwitch.Reports;
using PacketSwitch.Shell;

namespace PacketSwitch.Commands;

/// <summary>Candidate, running and saved configuration.</summary>
internal static class ConfigCommands
{
    public static IEnumerable<Command> Rows() => [Cur(), Diff(), Apply(), Confirm(), Save(), Revert(), Load(), Dump()];

    /// <summary>Prints how an order ended; the exit code follows from it.</summary>
    public static int Print(string text, bool json, bool quiet = false)
    {
        OutcomeReport report = ControlClient.Parse(text, ReportJson.Readable.OutcomeReport);
        if (json)
            Console.Out.WriteLine(text);
        else
        {
            foreach (ProblemReport problem in report.Problems)
                Console.Error.WriteLine(problem.Text);
            foreach (string later in report.AtNextStart)
                Console.Error.WriteLine($"at the next start: {later}");
            if (!report.Done)
                Console.Error.WriteLine($"packetswitch: {report.Message}");
            else if (!quiet)
                Console.Out.WriteLine(report.Message);
        }
        return report.Done ? 0 : report.Problems.Any(problem => problem.Severity == "error") ? 3 : 1;
    }

    private static Command Cur()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var path = new Argument<string[]>("PATH") { Description = "such as /c/slb/real 1", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("cur", "the running configuration, or a part of it") { path, json, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
            Config(client, ("path", string.Join(' ', parsed.GetValue(path) ?? [])),
                ("format", parsed.GetValue(json) ? "json" : null))));
        return command;
    }

    private static Command Dump()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var defaults = new Option<bool>("--defaults") { Description = "every word, also what is at its default" };
        var which = new Option<string>("--which")
        {
            Description = "running, candidate or saved",
            DefaultValueFactory = _ => "running",
        };
        var format = new Option<string>("--format") { Description = "alteon or json", DefaultValueFactory = _ => "alteon" };
        var command = new Command("dump", "the whole configuration, as it is written to a file") { which, defaults, format, json, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
            parsed.GetValue(format) is not ("alteon" or "json")
                ? throw new ClientProblem(2, $"--format {parsed.GetValue(format)}: expected alteon or json")
                : Config(client, ("which", parsed.GetValue(which)), ("defaults", parsed.GetValue(defaults) ? "true" : null),
                    ("format", parsed.GetValue(json) || parsed.GetValue(format) == "json" ? "json" : null))));
        return command;
    }

    private static int Config(ControlClient client, params (string, string?)[] parts)
    {
        string text = client.GetText(ClientOptions.Query("v1/config", parts));
        Console.Out.Write(text.EndsWith('\n') || text.Length == 0 ? text : text + "\n");
        return 0;
    }

    private static Command Diff()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var flash = new Option<bool>("--flash") { Description = "what runs and is not saved" };
        var command = new Command("diff", "what waits to be applied, in commands") { flash, json, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
        {
            string text = client.GetText(
                ClientOptions.Query("v1/config/diff", ("saved", parsed.GetValue(flash) ? "true" : null)));
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(text);
                return 0;
            }
            DiffReport diff = ControlClient.Parse(text, ReportJson.Readable.DiffReport);
            foreach (DiffObject one in diff.Objects)
                Console.Out.Write(one.Text);
            int sessions = client.Get("v1/status", ReportJson.Readable.StatusReport).Sessions.Current;
            Console.Out.WriteLine(DiffSentence.Of(diff.Changes, parsed.GetValue(flash), sessions));
            return 0;
        }));
        return command;
    }

    private static Command Apply()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "only say whether it could be applied" };
        var confirm = new Option<int?>("--confirm") { Description = "go back after SEC seconds unless confirmed" };
        return Order("apply", "run the candidate, all of it or nothing", "v1/apply", [dryRun, confirm], parsed =>
        [
            ("dry-run", parsed.GetValue(dryRun) ? "true" : null),
            ("confirm", parsed.GetValue(confirm)?.ToString(CultureInfo.InvariantCulture)),
        ]);
    }

    private static Command Confirm() => Order("confirm", "keep what apply --confirm runs", "v1/confirm", [], _ => []);

    private static Command Save()
    {
        var force = new Option<bool>("--force") { Description = "also over a file that somebody else has changed" };
        return Order("save", "keep what runs over a restart", "v1/save", [force],
            parsed => [("force", parsed.GetValue(force) ? "true" : null)]);
    }

    private static Command Revert()
    {
        var apply = new Option<bool>("--apply") { Description = "run what is saved again" };
        Command command = Order("revert", "forget what is pending", "v1/revert", [apply],
            parsed => [("apply", parsed.GetValue(apply) ? "true" : null)]);
        return command;
    }

    private static Command Load()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var file = new Argument<string>("FILE");
        var apply = new Option<bool>("--apply") { Description = "and run it" };
        var command = new Command("load", "a whole file as pending changes") { file, apply, json, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
        {
            string path = parsed.GetValue(file)!;
            if (!ConfigFile.TryRead(path, out string text, out string reason))
                throw new ClientProblem(2, $"{path}: cannot read the configuration: {reason}");
            string query = ClientOptions.Query("v1/config", ("source", path), ("path", Path.GetFullPath(path)),
                ("apply", parsed.GetValue(apply) ? "true" : null));
            return Print(client.Send(HttpMethod.Put, query, text), parsed.GetValue(json));
        }));
        return command;
    }

    private static Command Order(
        string name, string help, string path, Option[] options, Func<ParseResult, (string, string?)[]> query)
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var command = new Command(name, help) { json, socket };
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
            Print(client.Send(HttpMethod.Post, ClientOptions.Query(path, query(parsed))), parsed.GetValue(json))));
        return command;
    }
}
