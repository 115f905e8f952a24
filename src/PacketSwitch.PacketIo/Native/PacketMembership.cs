// struct packet_mreq.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>What a packet socket asks of its interface: 16 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct PacketMembership
{
    [FieldOffset(0)]
    public int InterfaceIndex;

    [FieldOffset(4)]
    public ushort Type;
}
