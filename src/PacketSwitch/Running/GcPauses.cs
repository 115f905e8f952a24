// Notes the longest time that one garbage collection held up all threads, the loops too. Begun by
// the run command, read by the metrics. Nothing refers to the object, so each collection has it
// finalized: it looks at what that collection took, and leaves another one behind.

namespace PacketSwitch.Running;

/// <summary>The longest pause since the start.</summary>
internal sealed class GcPauses
{
    private static long _longestTicks; // Written by: the finalizer's thread. Read by: any.

    private GcPauses()
    {
    }

    ~GcPauses()
    {
        foreach (TimeSpan pause in GC.GetGCMemoryInfo(GCKind.Any).PauseDurations)
        {
            Volatile.Write(ref _longestTicks, Math.Max(_longestTicks, pause.Ticks));
        }
        Watch();
    }

    /// <summary>The longest pause of one collection.</summary>
    public static TimeSpan Longest => new(Volatile.Read(ref _longestTicks));

    /// <summary>Notes pauses from now on.</summary>
    public static void Watch() => _ = new GcPauses();

    /// <summary>
    /// Moves what was made at the start, which lives as long as the switch, to the oldest
    /// generation, two steps up; else the first collections under load would have to.
    /// </summary>
    public static void Settle()
    {
        GC.Collect();
        GC.Collect();
    }
}
