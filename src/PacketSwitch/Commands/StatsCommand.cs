// `packetswitch stats`: counters since the start and rates of the last second.

using System.CommandLine;
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
        var command = new Command("stats", "counters and rates") { kind, id, rate, json, watch, socket };
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch, client =>
        {
            string? asked = parsed.GetValue(kind);
            string path = ClientOptions.Query("v1/stats",
                ("kind", parsed.GetValue(rate) ? "virt" : asked), ("id", parsed.GetValue(id)));
            Console.Out.Write(parsed.GetValue(json) ? client.GetText(path) + "\n"
                : Text(client.Get(path, ReportJson.Readable.StatsReport), asked, parsed.GetValue(rate)));
            return 0;
        }));
        return command;
    }

    private static string Text(StatsReport stats, string? kind, bool rate)
        => rate ? StatsText.Rates(stats)
            : kind is not null ? StatsText.Of(stats, kind)
            : string.Join('\n', Kinds.Append("maint").Select(each => StatsText.Of(stats, each)).Where(text => text.Length > 0));
}
