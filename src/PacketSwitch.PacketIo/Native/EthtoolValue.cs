// struct ethtool_value: a command and one number.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The argument of the simple ethtool commands: 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EthtoolValue
{
    public uint Command;
    public uint Value;
}
