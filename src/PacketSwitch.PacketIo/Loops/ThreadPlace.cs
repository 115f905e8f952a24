// Where and how soon a loop's thread runs. Used by PortLoopThread at the start of its thread.
//
// An ordinary thread with a short slice may interrupt one with a longer slice as it wakes, and gives its core up the
// sooner in turn, so its share of the core stays the same (Linux 6.12; without effect before). Without it a frame may
// wait for the whole slice of a client or server on the same core, 3 ms and more.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The slice and the processor of the calling thread.</summary>
internal static unsafe class ThreadPlace
{
    private const int MostProcessors = 1024;

    /// <summary>Asks for a slice; a kernel that does not know of it changes nothing.</summary>
    public static void AskForSlice(ulong nanoseconds)
    {
        (nint set, nint get) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => ((nint)314, (nint)315),
            Architecture.Arm64 => (274, 275),
            _ => (-1, -1),
        };
        if (set < 0) return;
        var attributes = new SchedulingAttributes { Size = (uint)sizeof(SchedulingAttributes) };
        if (LibC.syscall(get, 0, &attributes, (nint)attributes.Size, 0) != 0) return;
        attributes.Runtime = nanoseconds;
        _ = LibC.syscall(set, 0, &attributes, 0, 0);
    }

    /// <summary>Keeps the thread on one processor; false when it may not run there.</summary>
    public static bool TryPin(int processor)
    {
        if (processor is < 0 or >= MostProcessors) return false;
        ulong* mask = stackalloc ulong[MostProcessors / 64];
        new Span<ulong>(mask, MostProcessors / 64).Clear();
        mask[processor / 64] = 1UL << (processor % 64);
        return LibC.sched_setaffinity(0, MostProcessors / 8, mask) == 0;
    }
}
