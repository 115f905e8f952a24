// Zeroed memory for the session table and its index, in huge pages where the kernel gives them: a table of a million sessions is visited at random, and with
// pages of 4 KiB nearly every visit would miss the TLB too. Pages cost nothing until they are used. Taken once at start.

using System.Runtime.InteropServices;

namespace PacketSwitch.DataPlane;

/// <summary>A block of zeroed memory outside the garbage collector's reach, aligned to a huge page.</summary>
internal sealed unsafe partial class TableMemory : IDisposable
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    private nint _block;

    /// <summary>Takes at least <paramref name="bytes"/>.</summary>
    public TableMemory(nuint bytes)
    {
        _block = (nint)NativeMemory.AllocZeroed(bytes + (2 * HugePage));
        nint start = (_block + HugePage - 1) & ~(nint)(HugePage - 1);
        Start = (byte*)start;
        // Small tables would only waste memory. Where huge pages are off, or this is no Linux, nothing is lost.
        if (bytes >= HugePage && OperatingSystem.IsLinux())
        {
            _ = Advise(start, (bytes + HugePage - 1) & ~(nuint)(HugePage - 1), AdviseHugePages);
        }
    }

    /// <summary>The first byte.</summary>
    public byte* Start { get; }

    /// <summary>Returns the memory.</summary>
    public void Dispose()
    {
        NativeMemory.Free((void*)_block);
        _block = 0;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
