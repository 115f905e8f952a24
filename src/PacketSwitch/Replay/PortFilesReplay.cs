// Replays one capture file per port: frames enter at the named ports, merged by time (ties in the order of --in), and what leaves a port goes to its
// file. Called by the replay command.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Replay;

/// <summary>The two-sided replay.</summary>
internal static class PortFilesReplay
{
    /// <summary>
    /// Runs the replay to its end. Null with a problem when a file cannot be opened; a problem beside a summary means that a file was
    /// truncated: its whole frames have been processed.
    /// </summary>
    public static ReplaySummary? Run(
        SwitchConfig config, IReadOnlyList<PortFile> inputs, IReadOnlyList<PortFile> outputs, bool offloads,
        TextWriter? verdicts, ReplayWatch? watch, out PortProblem? problem)
    {
        var ports = new List<CaptureFilePort>();
        try
        {
            foreach (PortConfig port in config.Ports)
            {
                string? input = inputs.FirstOrDefault(file => file.Port == port.Id)?.Path;
                string? output = outputs.FirstOrDefault(file => file.Port == port.Id)?.Path;
                OffloadSupport support = offloads ? OffloadSupport.ByValue : OffloadSupport.None;
                if (!CaptureFilePort.TryOpen(port.Id, input, output, support, out CaptureFilePort? opened, out problem))
                {
                    return null;
                }
                if (offloads)
                {
                    opened!.Mtu = 1500;
                }
                ports.Add(opened!);
            }
            return Run(config, ports, inputs, verdicts, watch, out problem);
        }
        finally
        {
            ports.ForEach(port => port.Dispose());
        }
    }

    private static ReplaySummary Run(
        SwitchConfig config, List<CaptureFilePort> ports, IReadOnlyList<PortFile> inputs,
        TextWriter? verdicts, ReplayWatch? watch, out PortProblem? problem)
    {
        CaptureFilePort[] sources = [.. inputs.Select(file => ports.First(port => port.Id == file.Port))];
        long start = sources.Select(port => port.TryPeek(out long timeNs, out _) ? timeNs : long.MaxValue).Min();
        var writer = new VerdictWriter(verdicts, [.. ports.Select(port => port.Id)]);
        var tracer = new VerdictTracer(writer.Decided, watch?.Recorder);
        long entered = 0;
        using var offline = new OfflineSwitch(
            config, ObservedPort.Around(ports, watch?.Recorder), tracer, start == long.MaxValue ? 0 : start);
        // What is sent carries the time at which it is sent.
        offline.Moving = now => ports.ForEach(port => port.CurrentTimeNs = now);
        while (entered++ < (watch?.LastFrame ?? long.MaxValue)
            && TryNext(sources, out int next, out long timeNs, out long fileFrame))
        {
            offline.AdvanceTo(timeNs);
            writer.Enter(timeNs, inputs[next].Path, fileFrame);
            watch?.Entered?.Invoke();
            sources[next].Admit();
            offline.Settle();
        }
        offline.Finish();
        ports.ForEach(port => port.TryFlush());
        problem = ports.Select(port => port.Problem).FirstOrDefault(found => found is not null);
        return new ReplaySummary(offline.Counters, offline.Tables.SessionCount, null);
    }

    private static bool TryNext(
        CaptureFilePort[] sources, out int next, out long timeNs, out long fileFrame)
    {
        next = -1;
        timeNs = long.MaxValue;
        fileFrame = 0;
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i].TryPeek(out long time, out long frame) && (next < 0 || time < timeNs))
            {
                next = i;
                timeNs = time;
                fileFrame = frame;
            }
        }
        return next >= 0;
    }
}
