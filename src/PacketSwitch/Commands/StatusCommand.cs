// `packetswitch status`: the state of the running switch as text, JSON or ipvsadm's listing; with --check an exit code for monitoring.

using System.CommandLine;
using PacketSwitch.Client;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Commands;

/// <summary>Shows what the switch does.</summary>
internal static class StatusCommand
{
    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket(), watch = ClientOptions.Watch();
        Option<bool> json = ClientOptions.Json();
        var ipvs = new Option<bool>("--ipvs") { Description = "as ipvsadm -Ln prints it" };
        var check = new Option<bool>("--check") { Description = "one line, and exit code 1 when something is wrong" };
        var csv = new Option<bool>("--csv") { Description = "one row an object, comma separated" };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "wide: every column there is",
        };
        output.AcceptOnlyFromAmong("wide");
        var command = new Command("status", "what the switch does")
        {
            json, ipvs, csv, output, check, watch, socket,
        };
        command.SetAction(parsed => ClientOptions.RunWatched(parsed, socket, watch, client =>
            parsed.GetValue(check) ? Check(client)
            : parsed.GetValue(json) ? Print(client.GetText("v1/status") + "\n")
            : parsed.GetValue(ipvs) ? Print(IpvsText.Of(
                Read(client), client.Get("v1/stats?kind=virt", ReportJson.Readable.StatsReport)))
            : Print(parsed.GetValue(csv) ? StatusWide.Csv(Read(client))
                : parsed.GetValue(output) is not null ? StatusWide.Of(Read(client))
                : StatusText.Of(Read(client)))));
        return command;
    }

    private static StatusReport Read(ControlClient client) => client.Get("v1/status", ReportJson.Readable.StatusReport);

    private static int Check(ControlClient client)
    {
        StatusReport status = Read(client);
        Console.Out.WriteLine(status.Problems.Count == 0 ? "ok" : string.Join("; ", status.Problems));
        return status.Problems.Count == 0 ? 0 : 1;
    }

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return 0;
    }
}
