// RingPort on an interface that changes.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class RingInterfaceTests : LiveInterfaceContract
{
    private protected override PortKind Kind => PortKind.Ring;

    private protected override int SmallBufferBytes => 256 << 10;
}
