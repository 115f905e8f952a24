// LivePort on an interface that changes.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class PcapInterfaceTests : LiveInterfaceContract
{
    private protected override PortKind Kind => PortKind.Pcap;

    private protected override int SmallBufferBytes => 4 << 20;
}
