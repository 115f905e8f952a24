// A RingPort as one of its further loops sees it: the same interface, another share of its flows. Made by
// RingPort.Lane; the port itself is what is watched and disposed.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A lane of a port; it counts what the whole port counts.</summary>
internal sealed class RingLane(RingPort port, RingReceiver receiver) : IPacketPort
{
    public int Id => port.Id;

    public string Name => port.Name;

    public MacAddress HardwareAddress => port.HardwareAddress;

    public int Mtu => port.Mtu;

    public OffloadSupport Offloads => port.Offloads;

    public bool IsUp => port.IsUp;

    public int PollDescriptor => receiver.PollDescriptor;

    public int Receive(FrameBurst burst) => receiver.Receive(burst);

    public void Release(FrameBurst burst) => receiver.Release();

    public int Send(Span<FrameDescriptor> frames) => port.Send(frames);

    public PortStatistics ReadStatistics() => port.ReadStatistics();

    public void Dispose()
    {
        // The port closes what the lane uses.
    }
}
