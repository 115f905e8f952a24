// `packetswitch replay`: the same data plane on capture files, with the captures' clock; the same result on every run. Either one file per port
// (--in, --out), or one ordinary capture of clients that talk to a VIP.

using System.CommandLine;
using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;

namespace PacketSwitch.Commands;

/// <summary>Replays captures through the switch.</summary>
internal static class ReplayCommand
{
    private const int Different = 1;

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "an ordinary capture of clients and the VIP",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = new Option<string>("--config", "-c") { Description = "the configuration", Required = true };
        var inputs = new Option<string[]>("--in") { Description = "PORT=FILE: frames that enter at a port" };
        var outputs = new Option<string[]>("--out") { Description = "PORT=FILE: where frames that leave a port go" };
        var verdicts = new Option<string?>("--verdicts") { Description = "one JSON line per input frame" };
        var json = new Option<bool>("--json") { Description = "the summary as JSON" };
        var offloads = new Option<bool>("--offloads")
        {
            Description = "take unfinished checksums and super-frames for what they are (captures of a sender)",
        };
        var command = new Command("replay", "replay captures") { file, config, inputs, outputs, verdicts, json, offloads };
        command.SetAction(parsed => Run(
            new Request(
                parsed.GetValue(file), parsed.GetValue(config)!, parsed.GetValue(inputs) ?? [],
                parsed.GetValue(outputs) ?? [], parsed.GetValue(verdicts), parsed.GetValue(json),
                parsed.GetValue(offloads)),
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(Request request, TextWriter output, TextWriter errors)
    {
        if ((request.File is null) == (request.Inputs.Length == 0))
        {
            errors.WriteLine("replay: give either one FILE, or --in PORT=FILE for each port; see: packetswitch replay --help");
            return PortProblem.Usage;
        }
        SwitchConfig? config = ConfigOption.TryRead(
            request.Config, ConfigUse.Replay, parsed => parsed, errors, out int exitCode);
        if (config is null)
        {
            return exitCode;
        }
        if (!TryReadFiles("--in", request.Inputs, config, errors, out List<PortFile> inputs)
            || !TryReadFiles("--out", request.Outputs, config, errors, out List<PortFile> outputs)
            || !TryOpenVerdicts(request.Verdicts, errors, out TextWriter? verdicts))
        {
            return PortProblem.Usage;
        }
        using (verdicts)
        {
            ReplaySummary? summary = request.File is { } file
                ? OneFileReplay.Run(config, file, outputs, request.Offloads, verdicts, out PortProblem? problem)
                : PortFilesReplay.Run(config, inputs, outputs, request.Offloads, verdicts, out problem);
            if (summary is not null)
            {
                output.WriteLine(request.Json ? summary.ToJson() : summary.ToText());
            }
            if (problem is not null)
            {
                errors.WriteLine(problem.Message);
                return problem.ExitCode;
            }
            return summary?.Answers?.Different > 0 ? Different : 0;
        }
    }

    private static bool TryReadFiles(
        string option, string[] texts, SwitchConfig config, TextWriter errors, out List<PortFile> files)
    {
        files = [];
        foreach (string text in texts)
        {
            if (!PortFile.TryParse(text, out PortFile? file))
            {
                errors.WriteLine($"{option} {text}: expected PORT=FILE, for example {option} 8=client.pcap");
                return false;
            }
            if (config.FindPort(file!.Port) is null)
            {
                string known = string.Join(", ", config.Ports.Select(port => port.Id));
                errors.WriteLine($"{option} {text}: the configuration has no port {file.Port} (ports: {known})");
                return false;
            }
            if (files.Any(other => other.Port == file.Port))
            {
                errors.WriteLine($"{option} {text}: port {file.Port} has a file already");
                return false;
            }
            files.Add(file);
        }
        return true;
    }

    private static bool TryOpenVerdicts(string? path, TextWriter errors, out TextWriter? verdicts)
    {
        verdicts = null;
        if (path is null)
        {
            return true;
        }
        try
        {
            verdicts = new StreamWriter(path) { NewLine = "\n" };
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine($"--verdicts {path}: cannot write: {e.Message}");
            return false;
        }
    }

    private sealed record Request(
        string? File, string Config, string[] Inputs, string[] Outputs, string? Verdicts, bool Json, bool Offloads);
}
