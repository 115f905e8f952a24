// How to open a live port.

namespace PacketSwitch.PacketIo;

/// <summary>What a live port is made from.</summary>
/// <param name="Id">The switch's number for the port.</param>
/// <param name="InterfaceName">The network interface.</param>
public sealed record LivePortOptions(int Id, string InterfaceName)
{
    /// <summary>Turn GRO and LRO off on the interface until the port is closed.</summary>
    public bool TurnOffloadsOff { get; init; } = true;

    /// <summary>Kernel buffer in bytes; 0 chooses by the interface.</summary>
    public int BufferBytes { get; init; }

    /// <summary>Longest frame that is not cut; 0 chooses by the interface.</summary>
    public int SnapBytes { get; init; }

    /// <summary>Loops that receive on the port, each a share of its flows; more than one only
    /// through the packet ring.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>What carries long connections in the kernel; null leaves them to the loops. Only
    /// the packet ring takes part.</summary>
    internal KernelFlows? Flows { get; init; }
}
