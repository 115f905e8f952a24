// `packetswitch explain`: why a frame goes where it goes. A frame of a capture, or a flow in words,
// is put through the real data plane of a throw-away switch with this configuration; nothing that
// runs is touched. With --live the running switch is asked about the flow (LiveExplain).

using System.CommandLine;
using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;
using PacketSwitch.Reports;

namespace PacketSwitch.Commands;

/// <summary>Explains verdicts.</summary>
internal static class ExplainCommand
{
    private const int None = 1;
    private const int Usage = PortProblem.Usage;
    private const int DefaultLimit = 20;
    private static readonly string[] Protocols = ["tcp", "udp", "icmp"];

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var what = new Argument<string[]>("WHAT")
        {
            Description = "a capture FILE, or a flow: tcp SRC:PORT DST:PORT, udp SRC:PORT "
                + "DST:PORT, icmp SRC DST",
            Arity = new ArgumentArity(0, 3),
        };
        var config = new Option<string?>("--config", "-c") { Description = "the configuration" };
        var live = new Option<bool>("--live")
        {
            Description = "ask the running switch how it would treat the flow now",
        };
        Option<string?> socket = ClientOptions.Socket();
        var inputs = new Option<string[]>("--in")
        {
            Description = "PORT=FILE: captures by port, as in replay",
        };
        var packet =
            new Option<long?>("--packet") { Description = "only the frame of this number" };
        var filter = new Option<string?>("--filter")
        {
            Description = "only frames that match, in the language of tcpdump; not with --packet",
        };
        var limit = new Option<int>("--limit")
        {
            Description = $"so many frames at most, 0 for all (default {DefaultLimit})",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var inPort = new Option<int?>("--in-port")
        {
            Description = "the port of the switch where the frames enter",
        };
        var offloads = new Option<bool>("--offloads") { Description = "as in replay" };
        var brief = new Option<bool>("--brief") { Description = "one line a frame" };
        var json = new Option<bool>("--json") { Description = "one JSON object a frame" };
        var command = new Command("explain", "why does a frame go where it goes?")
        {
            what, config, live, inputs, packet, filter, limit, inPort, offloads, brief, json,
            socket,
        };
        command.SetAction(parsed => Run(
            new Request(
                parsed.GetValue(what) ?? [], parsed.GetValue(config), parsed.GetValue(live),
                    parsed.GetValue(socket), parsed.GetValue(inputs) ?? [],
                parsed.GetValue(packet), parsed.GetValue(filter), parsed.GetValue(limit),
                    parsed.GetValue(inPort),
                parsed.GetValue(offloads), parsed.GetValue(brief), parsed.GetValue(json)),
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(Request request, TextWriter output, TextWriter errors)
    {
        if (Complaint(request) is { } complaint)
        {
            errors.WriteLine($"explain: {complaint}; see: packetswitch explain --help");
            return Usage;
        }
        if (request.Live)
        {
            return LiveExplain.Run(
                request.Socket, new ExplainRequest(
                    request.What[0], request.What[1], request.What[2], request.InPort),
                request.Brief, request.Json, output);
        }
        SwitchConfig? config = ConfigOption.TryRead(
            request.Config!, ConfigUse.Replay, parsed => parsed, errors, out int exitCode);
        if (config is null)
        {
            return exitCode;
        }
        if (request.InPort is { } port && config.FindPort(port) is null)
        {
            errors.WriteLine($"--in-port {port}: {ConfigOption.NoSuchPort(config, port)}");
            return Usage;
        }
        if (config.Ports.Count == 0)
        {
            errors.WriteLine("explain: the configuration has no port, so no frame can enter (port "
                + "8 / client ena)");
            return Usage;
        }
        var names = new Surroundings(config, [.. config.Ports.Select(each => each.Id)]);
        return request.IsFlow
            ? ExplainFlow(request, config, names, output, errors)
            : ExplainFile(request, config, names, output, errors);
    }

    private static string? Complaint(Request request)
    {
        bool hasFiles = request.Inputs.Length > 0;
        if (request.What.Length == 0 && !hasFiles)
        {
            return "give a capture FILE or a flow, for example: tcp 192.0.2.101:40000 192.0.2.2:80";
        }
        if (request.What.Length > 0 && hasFiles)
        {
            return "give either WHAT or --in PORT=FILE for each port";
        }
        if (request.IsFlow && request.What.Length != 3)
        {
            return $"{request.What[0]} needs two ends, for example: tcp 192.0.2.101:40000 "
                + $"192.0.2.2:80";
        }
        if (!request.IsFlow && request.What.Length > 1)
        {
            return $"'{request.What[0]}' is no protocol ({string.Join(", ", Protocols)}), and a "
                + $"capture stands alone";
        }
        if (request.Live && (!request.IsFlow || request.Config is not null))
        {
            return "--live is about a flow and takes the running configuration: explain tcp "
                + "192.0.2.101:40000 192.0.2.2:80 --live";
        }
        if (!request.Live && request.Config is null)
        {
            return request.IsFlow
                ? "which switch? --live asks the running one, -c FILE one of that configuration"
                : "which configuration? -c FILE";
        }
        if (request.IsFlow && (request.Packet is not null || request.Filter is not null))
        {
            return "--packet and --filter choose frames of a capture, and a flow in words is one";
        }
        if (request.Packet is not null && request.Filter is not null)
        {
            return "give either --packet, one frame, or --filter, those that match";
        }
        return request.Packet < 1 ? "frames are counted from 1" : request.Limit < 0
            ? "--limit counts from 0" : null;
    }

    private static int ExplainFlow(
        Request request, SwitchConfig config, Surroundings names, TextWriter output,
            TextWriter errors)
    {
        string[] what = request.What;
        if (DescribedFlow.TryParse(what[0], what[1], what[2], out string? problem) is not { } flow)
        {
            errors.WriteLine($"explain: {problem}");
            return Usage;
        }
        Print(request, Explanation.Of(flow.Run(config, request.InPort), names), names, output);
        return 0;
    }

    private static int ExplainFile(
        Request request, SwitchConfig config, Surroundings names, TextWriter output,
            TextWriter errors)
    {
        if (!FrameFilter.TryParse(request.Filter, out FrameFilter? filter, out string? wrong))
        {
            errors.WriteLine($"--filter {FrameFilter.Shown(request.Filter!)}: {wrong}");
            return Usage;
        }
        long printed = 0;
        long matched = 0;
        using (filter)
        {
            var recorder = new StepRecorder
            {
                Completed = trace =>
                {
                    bool isMeant = request.Packet is { } number ? trace.Number == number
                        : filter!.Matches(trace.Bytes);
                    matched += isMeant ? 1 : 0;
                    if (isMeant && (request.Limit == 0 || request.Packet is not null
                        || printed < request.Limit))
                    {
                        printed++;
                        Print(request, Explanation.Of(trace, names), names, output);
                    }
                },
            };
            var watch = new ReplayWatch(recorder)
            {
                LastFrame = request.Packet ?? long.MaxValue,
                InPort = request.InPort,
            };
            PortProblem? problem = Replay(request, config, watch, errors, out bool ran);
            if (!ran || (problem is not null && matched == 0))
            {
                if (problem is not null)
                {
                    errors.WriteLine(problem.Message);
                }
                return Usage;
            }
        }
        if (matched == 0)
        {
            errors.WriteLine(request.Packet is { } missing
                ? $"explain: the capture has no frame {missing}"
                    : "explain: no frame of the capture matches");
            return None;
        }
        if (printed < matched)
        {
            errors.WriteLine($"{matched - printed} more frames match; --limit 0 explains all");
        }
        return 0;
    }

    private static PortProblem? Replay(
        Request request, SwitchConfig config, ReplayWatch watch, TextWriter errors, out bool ran)
    {
        PortProblem? problem;
        if (request.What.Length == 1)
        {
            ran = OneFileReplay.Run(config, request.What[0], [], request.Offloads, null, watch,
                out problem) is not null;
            return problem;
        }
        ran = false;
        if (!ReplayCommand.TryReadFiles(
            "--in", request.Inputs, config, errors, out List<PortFile> inputs))
        {
            return null;
        }
        ran = PortFilesReplay.Run(
            config, inputs, [], request.Offloads, null, watch, out problem) is not null;
        return problem;
    }

    private static void Print(
        Request request, Explanation explanation, Surroundings names, TextWriter output)
        => output.WriteLine(request.Json
            ? JsonSerializer.Serialize(
                ExplanationText.Report(explanation, names), ReportJson.Readable.ExplainReport)
            : request.Brief ? ExplanationText.Brief(explanation)
            : ExplanationText.Full(explanation, names));

    private sealed record Request(
        string[] What, string? Config, bool Live, string? Socket, string[] Inputs,
            long? Packet, string? Filter, int Limit,
            int? InPort,
        bool Offloads, bool Brief, bool Json)
    {
        public bool IsFlow => What.Length > 0 && Protocols.Contains(What[0]);
    }
}
