// Prints the lab's lines: the picture, one line per step with its time, the closing verdict. Used
// by the scenarios; a step is a function that returns what to say, or throws LabException with what
// went wrong.
using System.Diagnostics;
using System.Globalization;

namespace PacketSwitch.Lab.Stage;

internal sealed class StepPrinter(int steps)
{
    private const int LabelWidth = 56;

    private readonly long _started = Stopwatch.GetTimestamp();
    private int _step;
    private int _held;

    /// <summary>Runs one step; false when it did not hold.</summary>
    public bool Step(string label, Func<StepReport> step)
    {
        _step++;
        Console.Write($"[{_step}/{steps}] {label} ".PadRight(LabelWidth, '.'));
        var started = Stopwatch.GetTimestamp();
        StepReport report;
        var held = true;
        try
        {
            report = step();
            _held++;
        }
        catch (LabException exception)
        {
            report = new StepReport("", exception.Message);
            held = false;
        }

        var took = Seconds(started).ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine($" {(held ? "ok  " : "FAIL")} {took,5} s   {report.Summary}".TrimEnd());
        foreach (var line in report.Details) Console.WriteLine($"        {line}");
        return held;
    }

    /// <summary>
    /// The last line; returns the exit code. The end of the switch counts too, though it is no
    /// step.
    /// </summary>
    public int Finish(bool endHeld)
    {
        var passed = _held == steps && endHeld;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(passed ? "PASS" : "FAIL")} {_held}/{steps} in {Seconds(_started):F0} s"));
        return passed ? 0 : 1;
    }

    private static double Seconds(long since) => Stopwatch.GetElapsedTime(since).TotalSeconds;
}
