// Times of a scenario: 300ms, 2.5s, 10min. Used by ScenarioRunner and ScenarioOrders.

using System.Globalization;

namespace PacketSwitch.Tests.Scenarios;

internal static class ScenarioTime
{
    /// <exception cref="FormatException">It is no time.</exception>
    public static long Nanoseconds(string time)
    {
        (string digits, double unit) = time switch
        {
            [.. string number, 'm', 's'] => (number, 1e6),
            [.. string number, 'm', 'i', 'n'] => (number, 60e9),
            [.. string number, 's'] => (number, 1e9),
            _ => throw new FormatException($"'{time}' is no time such as 2.5s, 300ms or 10min"),
        };
        return (long)Math.Round(double.Parse(digits, CultureInfo.InvariantCulture) * unit);
    }
}
