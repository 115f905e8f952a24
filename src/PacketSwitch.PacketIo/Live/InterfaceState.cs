// What the kernel says of a network interface at one moment.

using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>An interface as it is now.</summary>
/// <param name="Index">The kernel's number; a deleted and recreated interface has another
/// one.</param>
/// <param name="IsEnabled">Set up by an administrator (IFF_UP).</param>
/// <param name="HasCarrier">Ready to carry frames (IFF_RUNNING).</param>
/// <param name="Mtu">The longest IP packet in bytes.</param>
/// <param name="HardwareAddress">Its Ethernet address.</param>
/// <param name="IsEthernet">Whether its frames have an Ethernet header.</param>
internal readonly record struct InterfaceState(
    int Index,
    bool IsEnabled,
    bool HasCarrier,
    int Mtu,
    MacAddress HardwareAddress,
    bool IsEthernet);
