// Answers how the running switch would treat a flow now. Made once by ControlApi; called by
// POST /v1/explain and the shell, on any thread. It changes nothing that runs: facts come from the
// control plane's thread, tables are read (RunningState), and the code runs on a throw-away switch.
// One question at a time, and not many a second: each takes some megabytes for a moment, and a
// reader must not make the collector work beside the data path.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Reports;

namespace PacketSwitch.Explain;

/// <summary>Explanations of the running switch. Thread-safe.</summary>
internal sealed class LiveExplainer(LiveView view)
{
    /// <summary>What lines of the running configuration are named after.</summary>
    public const string Running = "running";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly int _reader = view.Tables.Epochs.Register();
    private SwitchConfig? _written; // Under _turn, as _parsed is.
    private SwitchConfig? _parsed;

    /// <summary>The explanation; throws <see cref="ExplainProblem"/> when the question is
    /// wrong.</summary>
    public async Task<ExplainReport> ExplainAsync(
        ExplainRequest request, CancellationToken cancellation)
    {
        DescribedFlow flow = Flow(request);
        await _turn.WaitAsync(cancellation);
        try
        {
            return Explain(flow, request.InPort);
        }
        finally
        {
            _ = Task.Delay(Pause, CancellationToken.None).ContinueWith(
                _ => _turn.Release(), TaskScheduler.Default);
        }
    }

    private static DescribedFlow Flow(ExplainRequest request)
    {
        if (request.Protocol is not ("tcp" or "udp" or "icmp"))
        {
            throw new ExplainProblem($"'{request.Protocol}' is no protocol: tcp, udp or icmp");
        }
        return DescribedFlow.TryParse(
            request.Protocol, request.Source, request.Destination, out string? problem)
            ?? throw new ExplainProblem(problem!);
    }

    private ExplainReport Explain(DescribedFlow flow, int? inPort)
    {
        int[] ports = [.. view.Ports.Select(port => port.Id)];
        (SwitchConfig Config, ServerFacts Facts, SwitchSnapshot Snapshot, long NowNs) now =
            view.Ask(nowNs => (
                view.Config.Running, view.Control.Facts, view.Control.Cell.Current, nowNs));
        if (inPort is { } said && (said == Limits.HostPortId || !ports.Contains(said)))
        {
            string open = string.Join(", ", ports.Where(id => id != Limits.HostPortId));
            throw new ExplainProblem($"the switch has no port {said} (ports: {open})");
        }
        var state = new RunningState(
            WithLines(now.Config), now.Facts, now.Snapshot, view.Tables, now.NowNs, _reader)
        {
            PortIds = ports,
        };
        Explanation explanation = state.Explain(flow, inPort);
        return ExplanationText.Report(explanation, state.Names) with
        {
            TimeS = Math.Round(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 3),
        };
    }

    // The file may be another by now, and what was typed has no lines: those of `dump` are true.
    private SwitchConfig WithLines(SwitchConfig running)
    {
        if (!ReferenceEquals(_written, running))
        {
            string text = ConfigWriter.Write(running);
            ParsedConfig parsed = ConfigParser.Parse(text, Running);
            _written = running;
            _parsed = running with { Sources = parsed.Config.Sources };
        }
        return _parsed!;
    }
}

/// <summary>A question that cannot be answered: one line that says why.</summary>
internal sealed class ExplainProblem(string message) : Exception(message);
