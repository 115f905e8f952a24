// `packetswitch real|group|virt|port ...`: one kind of object of the running switch, listed and shown, written into the candidate with add, set and
// del, and for real servers ordered in and out.

using System.CommandLine;
using PacketSwitch.Client;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>Commands about one kind of object.</summary>
internal static class ObjectCommands
{
    private static readonly (string Kind, string Name)[] Kinds =
        [("real", "real servers"), ("group", "server groups"), ("virt", "virtual servers"), ("port", "ports")];

    public static IEnumerable<Command> Rows() => Kinds.Select(each => Row(each.Kind, each.Name));

    private static Command Row(string kind, string name)
    {
        var command = new Command(kind, $"the {name}: list, show, add, set, del" + (kind == "real" ? ", ena, dis" : ""));
        command.Subcommands.Add(List(kind, name));
        command.Subcommands.Add(Show(kind));
        command.Subcommands.Add(Edit(kind, "add", "a new one: ID KEY VALUE ..."));
        command.Subcommands.Add(Edit(kind, "set", "change it: ID KEY VALUE ..."));
        command.Subcommands.Add(Edit(kind, "del", "take it out of the configuration"));
        if (kind == "real")
        {
            command.Subcommands.Add(Order("ena"));
            command.Subcommands.Add(Order("dis"));
        }
        else if (kind == "virt")
        {
            command.Subcommands.Add(Edit(kind, "ena", "enable it in the configuration"));
            command.Subcommands.Add(Edit(kind, "dis", "disable it in the configuration"));
        }
        return command;
    }

    private static Command List(string kind, string name)
    {
        Option<string?> socket = ClientOptions.Socket(), watch = ClientOptions.Watch();
        Option<bool> json = ClientOptions.Json();
        var command = new Command("list", $"all {name}") { json, watch, socket };
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch,
            client => Print(client, kind, $"v1/{kind}s", parsed.GetValue(json))));
        return command;
    }

    private static Command Show(string kind)
    {
        Option<string?> socket = ClientOptions.Socket(), watch = ClientOptions.Watch();
        Option<bool> json = ClientOptions.Json();
        Argument<string> id =
            new Argument<string>("ID") { Description = "number or name" }.Complete(kind);
        var command = new Command("show", "one of them, with its configuration") { id, json, watch, socket };
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch, client =>
        {
            Print(client, kind, ClientOptions.Query($"v1/{kind}s", ("id", parsed.GetValue(id))), parsed.GetValue(json));
            if (!parsed.GetValue(json))
                Console.Out.Write("\n" + client.GetText(
                    ClientOptions.Query("v1/config", ("path", $"/c/slb/{kind} {parsed.GetValue(id)}"))));
            return 0;
        }));
        return command;
    }

    private static int Print(ControlClient client, string kind, string path, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(client.GetText(path));
            return 0;
        }
        StatusReport status = client.Get(path, ReportJson.Readable.StatusReport);
        Console.Out.Write(kind switch
        {
            "real" => StatusText.Reals(status.Reals).ToString(),
            "group" => StatusText.Groups(status.Groups).ToString(),
            "virt" => StatusText.Virts(status.Virts).ToString(),
            _ => StatusText.Ports(status.Ports),
        });
        return 0;
    }

    private static Command Edit(string kind, string verb, string help)
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        Argument<string> id = new Argument<string>("ID")
        {
            Description = verb == "add" ? "its number" : "number or name",
        }.Complete(kind);
        var words = new Argument<string[]>("KEY VALUE") { Arity = ArgumentArity.ZeroOrMore };
        var apply = new Option<bool>("--apply") { Description = "and apply what is pending" };
        var save = new Option<bool>("--save") { Description = "and save what runs" };
        var command = new Command(verb, help) { id, apply, save, json, socket };
        if (verb is "add" or "set")
            command.Arguments.Add(words);
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
        {
            string said = parsed.GetValue(id)!;
            // A wrong name is told with the nearest one, before anything is written.
            if (verb != "add")
                client.GetText(ClientOptions.Query($"v1/{kind}s", ("id", said)));
            string line = $"/c/slb/{kind} {said}" + (verb is "add" or "set"
                ? SettingText.Stacked(parsed.GetValue(words) ?? []) : $"/{verb}");
            return Orders(client, line, parsed.GetValue(apply), parsed.GetValue(save), parsed.GetValue(json));
        }));
        return command;
    }

    private static int Orders(ControlClient client, string line, bool apply, bool save, bool json)
    {
        int exitCode = ConfigCommands.Print(
            client.Send(HttpMethod.Patch, "v1/config?source=command", line), json && !apply && !save, quiet: apply || save);
        if (exitCode == 0 && (apply || save))
            exitCode = ConfigCommands.Print(client.Send(HttpMethod.Post, "v1/apply"), json && !save);
        if (exitCode == 0 && save)
            exitCode = ConfigCommands.Print(client.Send(HttpMethod.Post, "v1/save"), json);
        return exitCode;
    }

    private static Command Order(string verb)
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        Argument<string> id =
            new Argument<string>("ID") { Description = "number or name" }.Complete("real");
        var now = new Option<bool>("--now") { Description = "end its sessions too" };
        var drain = new Option<bool>("--drain") { Description = "no new sessions, those it has live on (the default)" };
        var persist = new Option<bool>("--persist") { Description = "new sessions only from clients that are bound to it" };
        var command = new Command(verb, verb == "ena" ? "let it take sessions again" : "take it out of service, until ena")
            { id, json, socket };
        if (verb == "dis")
        {
            command.Options.Add(now);
            command.Options.Add(drain);
            command.Options.Add(persist);
        }
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
        {
            bool isNow = verb == "dis" && parsed.GetValue(now), isPersist = verb == "dis" && parsed.GetValue(persist);
            if ((isNow ? 1 : 0) + (isPersist ? 1 : 0) + (verb == "dis" && parsed.GetValue(drain) ? 1 : 0) > 1)
                throw new ClientProblem(2, "one of --now, --drain and --persist");
            string order = verb == "ena" ? "ena" : isNow ? "now" : isPersist ? "persist" : "drain";
            string report = client.Send(HttpMethod.Post, ClientOptions.Query(
                "v1/oper", ("real", parsed.GetValue(id)), ("order", order)));
            Console.Out.WriteLine(parsed.GetValue(json)
                ? report : ControlClient.Parse(report, ReportJson.Readable.OperReport).Message);
            return 0;
        }));
        return command;
    }
}
