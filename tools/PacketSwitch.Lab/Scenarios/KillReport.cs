// What clients that ask steadily have seen of the kill of a server, and the bound on it. Read from
// what SteadyProgram prints; used by FailoverScenario.
using System.Globalization;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

/// <param name="Failures">When each failed request began and ended.</param>
/// <param name="Answered">So many requests were answered.</param>
/// <param name="KilledMs">When the server was killed.</param>
/// <param name="LateMs">The most that a request began later than it should have: what a program
/// had to wait for this machine.</param>
internal sealed record KillReport(
    (double Began, double Ended)[] Failures, int Answered, double KilledMs, double LateMs)
{
    /// <summary>For the step's line.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"{Answered} answered, {Failures.Length} failed, ")
        + string.Create(CultureInfo.InvariantCulture, $"the last one {LastMs:F0} ms after the kill")
        + (LateMs < 100 ? "" : $", asked up to {LateMs:F0} ms late");

    // When the last request began that failed, after the kill.
    private double LastMs
        => Failures.Select(failure => failure.Began - KilledMs).Append(0).Max();

    public static KillReport Read(RunningProgram steady, double killedMs)
    {
        var failures = steady.Lines()
            .Where(line => line.StartsWith("failed ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .Select(words => (
                double.Parse(words[1], CultureInfo.InvariantCulture),
                double.Parse(words[2], CultureInfo.InvariantCulture)));
        return new KillReport(
            [.. failures], (int)steady.Figure("answered"), killedMs, steady.Figure("late-ms"));
    }

    /// <summary>
    /// What was under way when the server was killed may fail, whenever it began. A machine that
    /// lets programs wait is given as much more.
    /// </summary>
    public void Judge(double mostMs)
    {
        if (Failures.Any(failure => failure.Ended < KilledMs))
            throw new LabException("requests failed before the server was killed");
        if (LastMs > mostMs + LateMs)
            throw new LabException($"{Summary}: more than {mostMs:F0} and {LateMs:F0} ms");
    }
}
