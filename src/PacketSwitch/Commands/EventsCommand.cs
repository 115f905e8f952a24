// `packetswitch events`: what happened, and with -f what happens.

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Reports;

namespace PacketSwitch.Commands;

/// <summary>Lists and follows events.</summary>
internal static class EventsCommand
{
    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var follow = new Option<bool>("--follow", "-f") { Description = "go on with what happens, until Ctrl-C" };
        var since = new Option<string?>("--since") { Description = "only so far back: 30s, 10m, 2h" };
        var command = new Command("events", "what happened") { follow, since, json, socket };
        command.SetAction(parsed => ClientOptions.Run(parsed.GetValue(socket), client =>
            Run(client, parsed.GetValue(since), parsed.GetValue(follow), parsed.GetValue(json))));
        return command;
    }

    private static int Run(ControlClient client, string? since, bool follow, bool json)
    {
        string text = client.GetText(ClientOptions.Query("v1/events", ("since", since)));
        EventsReport report = ControlClient.Parse(text, ReportJson.Readable.EventsReport);
        if (json && !follow)
        {
            Console.Out.WriteLine(text);
            return 0;
        }
        foreach (EventRow row in report.Events)
            Print(row, json);
        if (follow)
            Follow(client, report.Last, json);
        return 0;
    }

    // One JSON object a line while it follows, so that a script can read it as it comes.
    private static void Follow(ControlClient client, long last, bool json)
    {
        using var reader = new StreamReader(client.Stream(FormattableString.Invariant($"v1/events/stream?after={last}")));
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                Print(ControlClient.Parse(line[6..], ReportJson.Readable.EventRow), json);
                Console.Out.Flush();
            }
        }
    }

    private static void Print(EventRow row, bool json)
    {
        DateTime local = DateTime.Parse(row.Time, CultureInfo.InvariantCulture);
        Console.Out.WriteLine(json ? JsonSerializer.Serialize(row, ReportJson.Readable.EventRow)
            : string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd HH:mm:ss} {row.Message}"));
    }
}
