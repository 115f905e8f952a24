// When checks are due: spread over their interval at first, then once per interval with a little jitter, so that they neither come at once
// nor in step with anything. Pure; used by HealthMonitor.

namespace PacketSwitch.Control.Health;

/// <summary>Times of checks in milliseconds of the caller's clock.</summary>
internal static class CheckTimes
{
    private const double Jitter = 0.05;

    /// <summary>When the first check of the n-th of so many new probes is due.</summary>
    public static long First(long nowMs, int number, int count, int intervalSeconds)
        => nowMs + (intervalSeconds * 1000L * number / Math.Max(count, 1));

    /// <summary>When the next check is due after one that began then and is over now.</summary>
    public static long Next(long beganMs, long nowMs, int intervalSeconds, double random)
    {
        double interval = intervalSeconds * 1000.0 * (1 - (random * Jitter));
        return Math.Max(beganMs + (long)interval, nowMs);
    }
}
