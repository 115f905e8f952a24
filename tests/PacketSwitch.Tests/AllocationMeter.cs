// Measures what a piece of code allocates on its thread.

namespace PacketSwitch.Tests;

internal static class AllocationMeter
{
    private const int Runs = 5;

    /// <summary>
    /// Bytes that one run of the action allocates; it should have run before, so that all is compiled. It must be
    /// repeatable: it runs up to five times.
    /// </summary>
    /// <remarks>
    /// When a background collection takes the thread's allocation area away, its unused rest (below 8 KiB) counts as
    /// allocated. Other tests allocate at the same time, so a run that shows anything is made again: what the action itself
    /// allocates is in every run.
    /// </remarks>
    public static long Measure(Action action)
    {
        long least = long.MaxValue;
        for (int run = 0; run < Runs && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
