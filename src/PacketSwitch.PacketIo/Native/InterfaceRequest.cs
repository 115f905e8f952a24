// struct ifreq: the name of an interface and what is asked of it.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>An argument of the interface ioctls: 40 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct InterfaceRequest
{
    /// <summary>IFNAMSIZ, the terminating zero included.</summary>
    public const int NameBytes = 16;

    [FieldOffset(0)]
    public fixed byte Name[NameBytes];

    [FieldOffset(16)]
    public int Number;

    [FieldOffset(16)]
    public short Flags;

    /// <summary>The family of a struct sockaddr: of a hardware address, the kind of
    /// interface.</summary>
    [FieldOffset(16)]
    public ushort Family;

    /// <summary>Bytes of sa_data, behind the family of a struct sockaddr.</summary>
    [FieldOffset(18)]
    public fixed byte HardwareAddress[6];

    [FieldOffset(16)]
    public void* Data;
}
