// When checks are due: the first ones soon, one after the other, because no server is in service
// before; from the second on spread over their interval, then once per interval with a little
// jitter, so that they neither come at once nor in step with anything. Pure; used by HealthMonitor.

namespace PacketSwitch.Control.Health;

/// <summary>Times of checks in milliseconds of the caller's clock.</summary>
internal static class CheckTimes
{
    private const double Jitter = 0.05;
    private const int FirstStepMs = 10;

    /// <summary>When the first check of the n-th of so many new probes is due.</summary>
    public static long First(long nowMs, int number, int count, int intervalSeconds)
        => nowMs + Math.Min((long)number * FirstStepMs, Place(number, count, intervalSeconds));

    /// <summary>When its second check is due: at its place in the interval, half of one to one and a half after the first.</summary>
    public static long Second(long nowMs, int number, int count, int intervalSeconds)
    {
        long place = Place(number, count, intervalSeconds);
        long interval = intervalSeconds * 1000L;
        return nowMs + place + (place < interval / 2 ? interval : 0);
    }

    /// <summary>When the next check is due after one that began then and is over now.</summary>
    public static long Next(long beganMs, long nowMs, int intervalSeconds, double random)
    {
        double interval = intervalSeconds * 1000.0 * (1 - (random * Jitter));
        return Math.Max(beganMs + (long)interval, nowMs);
    }

    private static long Place(int number, int count, int intervalSeconds)
        => intervalSeconds * 1000L * number / Math.Max(count, 1);
}
