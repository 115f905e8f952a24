// `packetswitch stats`: counters since the start and rates of the last second.

using System.CommandLine;
using System.Net.Http;
using PacketSwitch.Client;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>Shows counters.</summary>
internal static class StatsCommand
{
    private static readonly string[] Kinds = ["virt", "group", "real", "port"];

    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket(), watch = ClientOptions.Watch();
        Option<bool> json = ClientOptions.Json();
        var kind = new Argument<string?>("KIND")
        {
            Description = "virt, group, real, port or maint; all of them without it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var id = new Argument<string?>("ID") { Description = "number or name", Arity = ArgumentArity.ZeroOrOne };
        var rate = new Option<bool>("--rate") { Description = "rates, as ipvsadm -Ln --rate prints them" };
        var exact = new Option<bool>("--exact")
        {
            Description = "with --rate: all digits, as everywhere else",
        };
        var clear = new Option<bool>("--clear")
        {
            Description = "show what comes from now on; /metrics goes on counting",
        };
        var command = new Command("stats", "counters and rates")
        {
            kind, id, rate, exact, clear, json, watch, socket,
        };
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch, client =>
        {
            if (parsed.GetValue(clear))
                return Clear(client, parsed.GetValue(json));
            string? asked = parsed.GetValue(kind);
            string path = ClientOptions.Query("v1/stats",
                ("kind", parsed.GetValue(rate) ? "virt" : asked), ("id", parsed.GetValue(id)));
            Console.Out.Write(parsed.GetValue(json) ? client.GetText(path) + "\n"
                : Text(client.Get(path, ReportJson.Readable.StatsReport), asked, parsed.GetValue(rate),
                    parsed.GetValue(exact)));
            return 0;
        }));
        return command;
    }

    private static int Clear(ControlClient client, bool json)
    {
        string report = client.Send(HttpMethod.Post, "v1/stats/clear");
        Console.Out.WriteLine(json ? report
            : ControlClient.Parse(report, ReportJson.Readable.ClearReport).Message);
        return 0;
    }

    private static string Text(StatsReport stats, string? kind, bool rate, bool exact)
        => rate ? StatsText.Rates(stats, exact)
            : (kind is not null ? StatsText.Of(stats, kind)
            : string.Join('\n', Kinds.Append("maint").Select(each => StatsText.Of(stats, each))
                .Where(text => text.Length > 0)))
            + (stats.Cleared.Length == 0 ? "" : $"since {stats.Cleared}, when they were cleared\n");
}
