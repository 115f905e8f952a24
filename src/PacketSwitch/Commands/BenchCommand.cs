// `packetswitch bench`: how fast the engine is on this machine, without network cards. Called by the command line. Prints a line for
// every second of engine time and a summary, or with --json one object (ALTEON.md section 7).

using System.CommandLine;
using System.Text;
using System.Text.Json;
using PacketSwitch.Bench;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Commands;

/// <summary>Measures the engine.</summary>
public static class BenchCommand
{
    private const int Usage = 2;
    private const int Failed = 1;
    private const int MaxSeconds = 3600;
    private const int MaxFlows = 16_000_000;
    private const int MinSize = 64;
    private const int MaxSize = 1518;
    private const int CheckSequenceBytes = 4;

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var defaults = new BenchOptions();
        Option<int> Number(string name, string description, int value)
            => new(name) { Description = description, DefaultValueFactory = _ => value };
        Option<int> seconds = Number("--seconds", "seconds of engine time over known sessions", defaults.Seconds);
        Option<int> flows = Number("--flows", "sessions, visited in random order", defaults.Flows);
        Option<int> size = Number("--size", "bytes of a frame on the wire", defaults.Size);
        var json = new Option<bool>("--json") { Description = "machine-readable output" };
        var command = new Command("bench", "how fast is the engine here?") { seconds, flows, size, json };
        command.SetAction(parsed => Run(
            new BenchOptions(
                parsed.GetValue(seconds), parsed.GetValue(flows), parsed.GetValue(size), parsed.GetValue(json)),
            Console.Out, Console.Error));
        return command;
    }

    /// <summary>Measures and prints. Returns the exit code: 0, 1 when it could not be measured, 2 for a wrong option.</summary>
    public static int Run(BenchOptions options, TextWriter output, TextWriter errors)
    {
        if (!IsWithin("--seconds", options.Seconds, 1, MaxSeconds, errors)
            | !IsWithin("--flows", options.Flows, EngineHarness.BurstFrames, MaxFlows, errors)
            | !IsWithin("--size", options.Size, MinSize, MaxSize, errors))
        {
            return Usage;
        }
        try
        {
            return Measure(options, output);
        }
        catch (OutOfMemoryException)
        {
            errors.WriteLine($"bench: not enough memory for {options.Flows:N0} sessions; ask for fewer with --flows");
            return Failed;
        }
    }

    private static int Measure(BenchOptions options, TextWriter output)
    {
        int frameBytes = options.Size - CheckSequenceBytes;
        EngineMeasurement.WarmUp(frameBytes);
        if (!options.Json)
        {
            output.WriteLine(
                $"[interval]                    frames        pps  Mb/s({options.Size}B)  new sess/s  drops   GC");
        }
        using var harness = new EngineHarness(options.Flows, frameBytes);
        var measurement = new EngineMeasurement(
            harness, interval => PrintInterval(interval, options, output));
        PhaseFigures opened = measurement.MeasureNew();
        PhaseFigures known = measurement.MeasureKnown(options.Seconds);
        double sessionBytes = (double)harness.Tables.Sessions4.Bytes / harness.Tables.Sessions4.Capacity;
        if (options.Json)
        {
            output.WriteLine(Json(known, opened, sessionBytes));
        }
        else
        {
            PrintSummary(known, opened, sessionBytes, output);
        }
        return 0;
    }

    private static bool IsWithin(string option, int value, int least, int most, TextWriter errors)
    {
        if (value >= least && value <= most)
        {
            return true;
        }
        errors.WriteLine($"bench: {option} {value} is not between {least} and {most}");
        return false;
    }

    private static void PrintInterval(BenchInterval interval, BenchOptions options, TextWriter output)
    {
        if (options.Json)
        {
            return;
        }
        double seconds = (interval.ToNs - interval.FromNs) / 1e9;
        double pps = interval.Frames / seconds;
        double megabits = pps * options.Size * 8 / 1e6;
        string phase = interval.Opens ? "new" : "known";
        output.WriteLine($"{interval.FromNs / 1e9,6:0.00}-{interval.ToNs / 1e9:0.00} s  {phase,-5} {interval.Frames,16:N0} "
            + $"{pps / 1e6,8:0.00} M  {megabits,9:N0}  {interval.Sessions / seconds / 1e3,8:N0} k"
            + $"  {interval.Drops,5:N0}  {interval.Collections,3}");
        output.Flush();
    }

    private static void PrintSummary(
        PhaseFigures known, PhaseFigures opened, double sessionBytes, TextWriter output)
    {
        output.WriteLine("- - - - - - - - - - - - - - - - - - - - - - - - - - -");
        output.WriteLine($"engine only (no NIC), 1 core, {known.Flows:N0} flows in random order, nat, bursts of "
            + $"{EngineHarness.BurstFrames}, {sessionBytes:0} B/session");
        PrintPhase("known sessions", known, output);
        PrintPhase("new sessions", opened, output);
        output.WriteLine(MachineText.Describe());
    }

    private static void PrintPhase(string name, PhaseFigures figures, TextWriter output)
        => output.WriteLine($"  {name,-14}  median {figures.NsPerFrame:0.0} ns/frame, {figures.FramesPerSecond / 1e6:0.00} Mpps"
            + $"  p1 {1e3 / figures.FastestNs:0.00}  p99 {1e3 / figures.SlowestNs:0.00}"
            + $"   {figures.BytesPerFrame:0.##} B/frame allocated"
            + $", longest of {figures.Collections} GC pauses {figures.LongestPauseMs:0.00} ms");

    private static string Json(PhaseFigures known, PhaseFigures opened, double sessionBytes)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            WritePhase(json, "known", known);
            WritePhase(json, "new", opened);
            json.WriteNumber("session_bytes", Math.Round(sessionBytes, 1));
            json.WriteString("machine", MachineText.Describe());
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WritePhase(Utf8JsonWriter json, string name, PhaseFigures figures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("flows", figures.Flows);
        json.WriteNumber("ns_per_frame", Math.Round(figures.NsPerFrame, 1));
        json.WriteNumber("frames_per_s", Math.Round(figures.FramesPerSecond));
        json.WriteNumber("bytes_per_frame", Math.Round(figures.BytesPerFrame, 2));
        json.WriteNumber("collections", figures.Collections);
        json.WriteNumber("longest_gc_pause_ms", Math.Round(figures.LongestPauseMs, 3));
        json.WriteEndObject();
    }
}
