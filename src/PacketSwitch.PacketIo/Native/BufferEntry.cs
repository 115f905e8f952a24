// struct iovec.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>A piece of memory to send: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BufferEntry
{
    public void* Base;
    public nuint Length;
}
