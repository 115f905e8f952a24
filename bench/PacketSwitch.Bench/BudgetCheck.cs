// Compares a short run of the engine with bench/budgets.json and says, one line each, what is above its budget. Run by
// tools/check-budgets.sh. Bytes are the same on every machine, so their budgets are tight; time is not, so its budgets are so wide
// that only a mistake (a lookup that walks, a copy of a frame) exceeds them. The figures to aim at are ARCHITECTURE section 12's.

using System.Text.Json;

namespace PacketSwitch.Bench;

/// <summary>Holds the engine to its budgets.</summary>
internal static class BudgetCheck
{
    /// <summary>Beside this file's project.</summary>
    public const string DefaultFile = "bench/budgets.json";

    private const int FrameBytes = 60;
    private const double KnownSeconds = 2;
    private const int Failed = 1;
    private const int Unreadable = 2;

    /// <summary>Measures and compares. Returns 0, 1 when a budget is exceeded, 2 when the file cannot be used.</summary>
    public static int Run(string file, TextWriter output, TextWriter errors)
    {
        try
        {
            using JsonDocument budgets = JsonDocument.Parse(File.ReadAllText(file));
            return Check(budgets.RootElement, output, errors);
        }
        catch (Exception problem) when (problem is IOException or JsonException or KeyNotFoundException
            or InvalidOperationException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file}: {problem.Message}");
            return Unreadable;
        }
    }

    private static int Check(JsonElement budgets, TextWriter output, TextWriter errors)
    {
        EngineMeasurement.WarmUp(FrameBytes);
        using var harness = new EngineHarness(budgets.GetProperty("flows").GetInt32(), FrameBytes);
        var measurement = new EngineMeasurement(harness);
        PhaseFigures opened = measurement.MeasureNew();
        PhaseFigures known = measurement.MeasureKnown(KnownSeconds);
        double sessionBytes = (double)harness.Tables.Sessions4.Bytes / harness.Tables.Sessions4.Capacity;

        int exceeded = ComparePhase("known_sessions", budgets, known, output, errors);
        exceeded += ComparePhase("new_sessions", budgets, opened, output, errors);
        exceeded += Compare("session_bytes", sessionBytes, budgets.GetProperty("session_bytes"), output, errors);
        return exceeded == 0 ? 0 : Failed;
    }

    private static int ComparePhase(
        string name, JsonElement budgets, PhaseFigures figures, TextWriter output, TextWriter errors)
    {
        JsonElement budget = budgets.GetProperty(name);
        return Compare($"{name}.bytes_per_frame", Math.Round(figures.BytesPerFrame, 2),
                budget.GetProperty("bytes_per_frame"), output, errors)
            + Compare($"{name}.ns_per_frame", figures.NsPerFrame, budget.GetProperty("ns_per_frame"), output, errors);
    }

    // 1 when the figure is above its budget.
    private static int Compare(
        string name, double figure, JsonElement budget, TextWriter output, TextWriter errors)
    {
        double most = budget.GetDouble();
        if (figure <= most)
        {
            output.WriteLine($"ok    {name,-32} {figure,10:0.##}  of {most}");
            return 0;
        }
        errors.WriteLine($"ABOVE {name,-32} {figure,10:0.##}  of {most}");
        return 1;
    }
}
