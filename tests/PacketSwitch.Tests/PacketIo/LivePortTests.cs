// LivePort as a port, and its care for the receive offloads, which libpcap tells nothing of.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class LivePortTests : LivePortContract
{
    private protected override PortKind Kind => PortKind.Pcap;

    private protected override OffloadSupport Offloads => OffloadSupport.ByValue;

    private protected override int SmallBufferBytes => 4 << 20;

    [SkippableFact]
    public void Generic_receive_offload_is_off_while_the_port_is_open_and_restored_after()
    {
        using var harness = new LivePortHarness(Kind);
        using InterfaceProbe probe = harness.Namespace.Run(() => new InterfaceProbe());
        const uint getGro = 43, setGro = 44;
        const string name = "gro0";
        harness.Namespace.AddPair(name, "gro1");
        Assert.True(probe.TrySetValue(name, setGro, 1));

        InterfacePort port = harness.OpenOther(2, name);
        Assert.True(probe.TryGetValue(name, getGro, out uint whileOpen));
        port.Dispose();
        Assert.True(probe.TryGetValue(name, getGro, out uint after));

        Assert.Equal((0u, 1u), (whileOpen, after));
    }

    [SkippableFact]
    public void An_offload_that_was_off_stays_off()
    {
        using var harness = new LivePortHarness(Kind);
        using InterfaceProbe probe = harness.Namespace.Run(() => new InterfaceProbe());
        harness.Namespace.AddPair("gro0", "gro1");
        Assert.True(probe.TrySetValue("gro0", 44, 0));

        harness.OpenOther(2, "gro0").Dispose();

        Assert.True(probe.TryGetValue("gro0", 43, out uint after));
        Assert.Equal(0u, after);
    }
}
