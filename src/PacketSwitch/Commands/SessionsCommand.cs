// `packetswitch sessions`: the session table by selectors; with --kill the matching ones end.

using System.CommandLine;
using System.Globalization;
using PacketSwitch.Client;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>Lists and ends sessions.</summary>
internal static class SessionsCommand
{
    private static readonly (string Name, string Help)[] Selectors =
    [
        ("cip", "the client's address"), ("cport", "the client's port"), ("dip", "the virtual server's address"),
        ("dport", "the virtual port"), ("real", "number or name of the real server"), ("virt", "number or name of the virtual server"),
        ("state", "synsent, synrecv, estab, finwait, closed or open"), ("flag", "E, N or P"), ("older", "at least so old: 30s, 5m, 2h"),
    ];

    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket(), watch = ClientOptions.Watch();
        Option<bool> json = ClientOptions.Json();
        var limit = new Option<int>("--limit")
        {
            Description = "how many to list, 0 for all",
            DefaultValueFactory = _ => 100,
        };
        var count = new Option<bool>("--count") { Description = "only how many" };
        var kill = new Option<bool>("--kill") { Description = "end them; both sides get a RST" };
        var all = new Option<bool>("--all") { Description = "with --kill and no selector: every session" };
        Option<string?>[] selectors = [.. Selectors.Select(one => new Option<string?>("--" + one.Name) { Description = one.Help })];
        var command = new Command("sessions", "who is connected to what") { limit, count, kill, all, json, watch, socket };
        foreach (Option<string?> selector in selectors)
            command.Options.Add(selector);
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch, client =>
        {
            (string, string?)[] said = [.. selectors.Select(one => (one.Name.TrimStart('-'), parsed.GetValue(one)))];
            if (parsed.GetValue(kill))
            {
                string report = client.Send(HttpMethod.Delete, ClientOptions.Query(
                    "v1/sessions", [.. said, ("all", parsed.GetValue(all) ? "true" : null)]));
                Console.Out.WriteLine(parsed.GetValue(json)
                    ? report : ControlClient.Parse(report, ReportJson.Readable.KillReport).Message);
                return 0;
            }
            int most = parsed.GetValue(count) ? 1 : parsed.GetValue(limit);
            string path = ClientOptions.Query(
                "v1/sessions", [.. said, ("limit", most.ToString(CultureInfo.InvariantCulture))]);
            Print(client, path, parsed.GetValue(json), parsed.GetValue(count));
            return 0;
        }));
        return command;
    }

    private static void Print(ControlClient client, string path, bool json, bool count)
    {
        if (json)
            Console.Out.WriteLine(client.GetText(path));
        else if (client.Get(path, ReportJson.Readable.SessionsReport) is var report && count)
            Console.Out.WriteLine(report.Matched);
        else
            Console.Out.Write(SessionsText.Of(report));
    }
}
