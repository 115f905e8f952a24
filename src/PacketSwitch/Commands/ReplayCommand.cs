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
            || !AreDistinct(request, inputs, outputs, errors)
            || !TryOpenVerdicts(request.Verdicts, errors, out TextWriter? verdicts))
        {
            return PortProblem.Usage;
        }
        try
        {
            using (verdicts)
            {
                return Replay(request, config, inputs, outputs, verdicts, output, errors);
            }
        }
        catch (IOException e) when (verdicts is not null)
        {
            // Captures report their own troubles; only the lines of verdicts throw.
            errors.WriteLine($"--verdicts {request.Verdicts}: cannot write: {e.Message}");
            return PortProblem.Usage;
        }
    }

    private static int Replay(
        Request request, SwitchConfig config, List<PortFile> inputs, List<PortFile> outputs, TextWriter? verdicts,
        TextWriter output, TextWriter errors)
    {
        ReplaySummary? summary = request.File is { } file
            ? OneFileReplay.Run(config, file, outputs, request.Offloads, verdicts, out PortProblem? problem)
            : PortFilesReplay.Run(config, inputs, outputs, request.Offloads, verdicts, out problem);
        if (summary is not null)
        {
            verdicts?.Flush();
            output.WriteLine(request.Json ? summary.ToJson() : summary.ToText());
        }
        if (problem is not null)
        {
            errors.WriteLine(problem.Message);
            return problem.ExitCode;
        }
        return summary?.Answers?.Different > 0 ? Different : 0;
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
                errors.WriteLine($"{option} {text}: {ConfigOption.NoSuchPort(config, file.Port)}");
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

    // What is written must not be what is read, nor be written twice: opening it would empty it.
    private static bool AreDistinct(
        Request request, List<PortFile> inputs, List<PortFile> outputs, TextWriter errors)
    {
        var used = new HashSet<string>(inputs.Select(file => FilePaths.Resolve(file.Path)), StringComparer.Ordinal);
        if (request.File is { } capture)
        {
            used.Add(FilePaths.Resolve(capture));
        }
        used.Add(FilePaths.Resolve(request.Config));
        IEnumerable<(string Option, string Path)> written =
            outputs.Select(file => ($"--out {file.Port}={file.Path}", file.Path));
        if (request.Verdicts is { } verdicts)
        {
            written = written.Append(($"--verdicts {verdicts}", verdicts));
        }
        foreach ((string option, string path) in written)
        {
            if (!used.Add(FilePaths.Resolve(path)))
            {
                errors.WriteLine($"{option}: this file is used already; name another");
                return false;
            }
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
