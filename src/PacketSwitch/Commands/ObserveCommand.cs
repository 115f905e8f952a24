// `packetswitch observe`: what the running switch does with each frame, as it does it. The switch
// copies what is asked for beside the data path, within a rate; what it has not seen it counts.

using System.CommandLine;
using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Control.Config;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>A line per frame.</summary>
internal static class ObserveCommand
{
    private static readonly string[] Forms = ["compact", "dict", "json"];

    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket();
        Option<bool> json = ClientOptions.Json();
        var words = new WatchOptions();
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "go on until Ctrl-C; what happens without --last anyway",
        };
        var last = new Option<int?>("--last")
        {
            Description = "the last N frames (1 to 200), which are kept while the dashboard is on",
        };
        var form = new Option<string>("--output", "-o")
        {
            Description = string.Join(", ", Forms),
            DefaultValueFactory = _ => Forms[0],
        };
        var command = new Command("observe", "what becomes of each frame, as it happens")
        {
            follow, last, form, json, socket,
        };
        words.AddTo(command);
        command.SetAction(parsed =>
        {
            string said = parsed.GetValue(json) ? "json" : parsed.GetValue(form)!;
            if (!Forms.Contains(said))
                return Refuse(said);
            return ClientOptions.Run(parsed.GetValue(socket), client =>
            {
                int? count = parsed.GetValue(last);
                if (count is not null)
                    PrintLast(client, words.Query("v1/packets", parsed,
                        ("last", WatchOptions.Number(count))), said, !parsed.GetValue(follow));
                return count is null || parsed.GetValue(follow)
                    ? Follow(client, words.Query("v1/observe", parsed), said,
                        words.HasCount(parsed)) : 0;
            });
        });
        return command;
    }

    private static int Refuse(string form)
    {
        string hint = NearestWord.Find(form, Forms) is { } nearest
            ? $"did you mean '{nearest}'?" : $"one of {string.Join(", ", Forms)}";
        Console.Error.WriteLine($"packetswitch: there is no output '{form}'; {hint}");
        return UsageProblem.ExitCode;
    }

    private static void PrintLast(
        ControlClient client, string path, string form, bool saysFigures)
    {
        PacketsReport report = client.Get(path, ReportJson.Readable.PacketsReport);
        foreach (ObserveRow row in report.Packets)
            Print(row, form);
        Console.Out.Flush();
        if (saysFigures)
            Console.Error.WriteLine(
                $"{report.Packets.Count} of the last frames; since the start "
                    + ObserveText.Figures(report.Figures));
    }

    private static int Follow(ControlClient client, string path, string form, bool endsByItself)
    {
        Stream stream = client.Stream(path);
        using var interruption = new Interruption(stream);
        using var reader = new StreamReader(stream);
        WatchFigures? figures = null;
        string name = "";
        string? line = null;
        while (interruption.TryRead(() => (line = reader.ReadLine()) is not null))
        {
            if (line!.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                if (name == "figures")
                    figures = ControlClient.Parse(line[6..], ReportJson.Readable.WatchFigures);
                else
                    Print(ControlClient.Parse(line[6..], ReportJson.Readable.ObserveRow), form);
                Console.Out.Flush();
            }
        }
        Console.Error.WriteLine(ObserveText.Figures(figures ?? new WatchFigures(0, 0, 0)));
        if (interruption.HasCome)
            return Interruption.ExitCode;
        return endsByItself ? 0 : throw new ClientProblem(1, "the switch has ended");
    }

    private static void Print(ObserveRow row, string form)
        => Console.Out.WriteLine(form switch
        {
            "json" => JsonSerializer.Serialize(row, ReportJson.Readable.ObserveRow),
            "dict" => ObserveText.Dict(row),
            _ => ObserveText.Compact(row),
        });
}
