// The processor time that the calling thread has used: what a piece of work costs, whatever else
// keeps the machine busy meanwhile.

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PacketSwitch.Tests;

internal static unsafe partial class ThreadTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID, clock_gettime(2)

    /// <summary>Runs the action; the processor time it took, or the time where no thread's is
    /// told.</summary>
    public static TimeSpan Of(Action action)
    {
        TimeSpan before = Now();
        action();
        return Now() - before;
    }

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0);
        long* time = stackalloc long[2]; // Seconds and nanoseconds.
        if (clock_gettime(ThreadClock, time) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
        return TimeSpan.FromTicks((time[0] * TimeSpan.TicksPerSecond) + (time[1] / 100));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, long* time);
}
