// struct sockaddr_ll.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The interface a packet socket is bound to: 20 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal struct PacketAddress
{
    [FieldOffset(0)]
    public ushort Family;

    /// <summary>In network order.</summary>
    [FieldOffset(2)]
    public ushort Protocol;

    [FieldOffset(4)]
    public int InterfaceIndex;
}
