// `packetswitch version [--json]`: what this program is and what it runs on, for a report of a
// defect.

using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Reports;

namespace PacketSwitch.Commands;

/// <summary>Says the version.</summary>
internal static class VersionCommand
{
    public static Command Row()
    {
        Option<bool> json = ClientOptions.Json();
        var command = new Command("version", "what this program is and what it runs on") { json };
        command.SetAction(parsed =>
        {
            var report = new VersionReport(
                "packetswitch", StatusReader.Version, RuntimeInformation.FrameworkDescription,
                RuntimeInformation.OSDescription.Trim(),
                RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant());
            Console.Out.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(report, ReportJson.Readable.VersionReport)
                : $"PacketSwitch {report.Version}, {report.Runtime}, {report.Os}, {report.Cpu}");
            return 0;
        });
        return command;
    }
}
