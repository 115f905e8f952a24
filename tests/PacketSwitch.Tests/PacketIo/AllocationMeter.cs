// Measures what a piece of code allocates on its thread.

using System.Runtime;

namespace PacketSwitch.Tests.PacketIo;

internal static class AllocationMeter
{
    private const long RegionBytes = 1 << 20;
    private static readonly Lock OneAtATime = new();

    /// <summary>Bytes that the action allocates; it should have run before, so that all is
    /// compiled.</summary>
    /// <remarks>
    /// No collection may run meanwhile: when a background one takes the thread's allocation area
    /// away, its unused rest counts as allocated.
    /// </remarks>
    public static long Measure(Action action)
    {
        lock (OneAtATime)
        {
            GC.TryStartNoGCRegion(RegionBytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            EndRegion();
            return allocated;
        }
    }

    // Other tests allocate meanwhile, so the region may have ended by itself.
    private static void EndRegion()
    {
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // It ended between the two.
        }
    }
}
