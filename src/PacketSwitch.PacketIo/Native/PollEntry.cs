// struct pollfd.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>One descriptor to wait on: 8 bytes. A negative descriptor is skipped by the
/// kernel.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
