// `packetswitch replay`: the same data plane on capture files, with the captures' clock; the same
// result on every run. Either one file per port (--in, --out), or one ordinary capture of clients
// that talk to a VIP. The run itself is ReplayRun's.

using System.CommandLine;
using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;

namespace PacketSwitch.Commands;

/// <summary>Replays captures through the switch.</summary>
internal static class ReplayCommand
{
    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "an ordinary capture of clients and the VIP",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = new Option<string>("--config", "-c")
        {
            Description = "the configuration",
            Required = true,
        };
        var inputs =
            new Option<string[]>("--in") { Description = "PORT=FILE: frames that enter at a port" };
        var outputs = new Option<string[]>("--out")
        {
            Description = "PORT=FILE: where frames that leave a port go",
        };
        var verdicts =
            new Option<string?>("--verdicts") { Description = "one JSON line per input frame" };
        var json = new Option<bool>("--json") { Description = "the summary as JSON" };
        var offloads = new Option<bool>("--offloads")
        {
            Description = "take unfinished checksums and super-frames for what they are (captures "
                + "of a sender)",
        };
        var annotated = new Option<string?>("-o")
        {
            Description =
                "OUT.pcapng: all frames at all ports, each with its verdict, server and reason",
        };
        var expect = new Option<string?>("--expect")
        {
            Description = "what should leave the switch; exit 1 if it differs",
        };
        var bless = new Option<bool>("--bless")
        {
            Description = "make what leaves now the expected",
        };
        var stats = new Option<bool>("--stats")
        {
            Description = "figures: packets, flows, sessions by real server, speed",
        };
        var loop = new Option<int>("--loop")
        {
            Description = "with --stats: time so many replays",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("replay", "replay captures")
        {
            file, config, inputs, outputs, verdicts, json, offloads, annotated, expect, bless,
                stats, loop,
        };
        command.SetAction(parsed => Run(
            new ReplayRequest(
                parsed.GetValue(file), parsed.GetValue(config)!, parsed.GetValue(inputs) ?? [],
                parsed.GetValue(outputs) ?? [], parsed.GetValue(verdicts), parsed.GetValue(json),
                parsed.GetValue(offloads))
            {
                Annotated = parsed.GetValue(annotated),
                Expect = parsed.GetValue(expect),
                Bless = parsed.GetValue(bless),
                Stats = parsed.GetValue(stats),
                Loops = parsed.GetValue(loop),
            },
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(ReplayRequest request, TextWriter output, TextWriter errors)
    {
        if ((request.File is null) == (request.Inputs.Length == 0))
        {
            errors.WriteLine("replay: give either one FILE, or --in PORT=FILE for each port; see: "
                + "packetswitch replay --help");
            return PortProblem.Usage;
        }
        if (request.Complaint is { } complaint)
        {
            errors.WriteLine($"replay: {complaint}; see: packetswitch replay --help");
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
                return new ReplayRun(request, config, inputs, outputs, verdicts)
                    .Run(output, errors);
            }
        }
        catch (IOException e) when (verdicts is not null)
        {
            // Captures report their own troubles; only the lines of verdicts throw.
            errors.WriteLine($"--verdicts {request.Verdicts}: cannot write: {e.Message}");
            return PortProblem.Usage;
        }
    }

    /// <summary>Reads the options that name a file for a port.</summary>
    internal static bool TryReadFiles(
        string option, string[] texts, SwitchConfig config, TextWriter errors,
            out List<PortFile> files)
    {
        files = [];
        foreach (string text in texts)
        {
            if (!PortFile.TryParse(text, out PortFile? file))
            {
                errors.WriteLine(
                    $"{option} {text}: expected PORT=FILE, for example {option} 8=client.pcap");
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
        ReplayRequest request, List<PortFile> inputs, List<PortFile> outputs, TextWriter errors)
    {
        var used = new HashSet<string>(
            inputs.Select(file => FilePaths.Resolve(file.Path)), StringComparer.Ordinal);
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
        if (request.Annotated is { } annotated)
        {
            written = written.Append(($"-o {annotated}", annotated));
        }
        if (request.Expect is { } expected)
        {
            written = written.Append(($"--expect {expected}", expected));
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
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine($"--verdicts {path}: cannot write: {e.Message}");
            return false;
        }
    }
}
