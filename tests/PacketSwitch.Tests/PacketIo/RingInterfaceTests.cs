// RingPort on an interface that changes.

using PacketSwitch.PacketIo;

namespace PacketSwitch.Tests.PacketIo;

public sealed class RingInterfaceTests : LiveInterfaceContract
{
    private protected override PortKind Kind => PortKind.Ring;

    private protected override int SmallBufferBytes => 256 << 10;
}
