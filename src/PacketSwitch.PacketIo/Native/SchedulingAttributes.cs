// struct sched_attr of Linux, first version.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>How a thread is scheduled: 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SchedulingAttributes
{
    public uint Size;
    public uint Policy;
    public ulong Flags;
    public int Nice;
    public uint Priority;

    /// <summary>For an ordinary thread the slice it asks for, in nanoseconds (Linux 6.12).</summary>
    public ulong Runtime;

    public ulong Deadline;
    public ulong Period;
}
