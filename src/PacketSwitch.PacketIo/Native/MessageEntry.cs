// struct mmsghdr: a struct msghdr and the length the kernel sent.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>One message of a sendmmsg call: 64 bytes, the first 56 of them struct msghdr.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct MessageEntry
{
    [FieldOffset(16)]
    public BufferEntry* Buffers;

    [FieldOffset(24)]
    public nuint BufferCount;

    [FieldOffset(56)]
    public uint SentBytes;
}
