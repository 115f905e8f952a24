// struct ethtool_drvinfo, of which the name of the driver is wanted.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The argument of ETHTOOL_GDRVINFO: 196 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 196)]
internal unsafe struct EthtoolDriverInfo
{
    public const int DriverBytes = 32;

    [FieldOffset(0)]
    public uint Command;

    [FieldOffset(4)]
    public fixed byte Driver[DriverBytes];
}
