// `packetswitch doctor`: is this machine right? Looks at what the switch needs of the machine, its
// ports and the wires behind them, and says for each thing that is wrong why, and the command that
// cures it. Changes nothing. Exit code 1 when anything is wrong, a warning included.

using System.CommandLine;
using PacketSwitch.Control.Config;
using PacketSwitch.Doctor;

namespace PacketSwitch.Commands;

/// <summary>Examines the machine.</summary>
internal static class DoctorCommand
{
    private const string DefaultFile = "/etc/packetswitch/packetswitch.cfg";

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var config = new Option<string?>("--config", "-c")
        {
            Description = "the configuration whose ports and addresses are looked at",
        };
        var fixPrint = new Option<bool>("--fix-print")
        {
            Description = "print the cures alone, as a shell script",
        };
        var json = new Option<bool>("--json") { Description = "machine-readable output" };
        var command = new Command("doctor", "is this machine right?") { config, fixPrint, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(config), parsed.GetValue(fixPrint), parsed.GetValue(json),
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(
        string? file, bool fixPrint, bool json, TextWriter output, TextWriter errors)
    {
        file ??= Environment.GetEnvironmentVariable("PACKETSWITCH_CONFIG")
            ?? (File.Exists(DefaultFile) ? DefaultFile : null);
        SwitchConfig? config = null;
        if (file is not null)
        {
            config = ConfigOption.TryRead(file, ConfigUse.Run, read => read, errors, out int code);
            if (config is null) return code;
        }
        else
        {
            errors.WriteLine("no configuration: ports and addresses are not looked at; "
                + "give one with -c FILE");
        }
        DoctorReport report = DoctorReport.Of(Examination.Begin(config));
        if (json) report.PrintJson(output);
        else if (fixPrint) report.PrintFixes(output);
        else report.PrintText(output);
        return report.Problems + report.Warnings == 0 ? 0 : 1;
    }
}
