// LivePort as a port, on one end of a veth pair in a network namespace of its own.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class LivePortTests : PacketPortContract
{
    private const int SmallBufferBytes = 4 << 20;

    [SkippableFact]
    public void A_tagged_frame_arrives_and_leaves_with_its_tag()
    {
        using var harness = new LivePortHarness();
        byte[] tagged = Tag(TestFrames.Make(5, 1514));
        harness.Peer.Send(tagged);
        var burst = new FrameBurst();

        Assert.True(SpinWait.SpinUntil(() => harness.Port.Receive(burst) == 1, 3_000));
        byte[] received = burst.Frames[0].Span.ToArray();
        int sent = harness.Port.Send(TestFrames.Describe(tagged));

        Assert.Equal(tagged, received);
        Assert.Equal(1, sent);
    }

    [SkippableFact]
    public void What_another_program_sends_out_of_the_interface_is_not_received()
    {
        using var harness = new LivePortHarness();
        using var other = harness.Namespace.Run(() => new WirePeer(LivePortHarness.SwitchEnd));
        other.Send(TestFrames.Make(1));
        harness.Peer.Send(TestFrames.Make(2));

        byte[] received = Assert.Single(harness.ReceiveAll(1));

        Assert.Equal(2, TestFrames.Number(received));
        Assert.Equal(0, harness.Port.Receive(new FrameBurst()));
    }

    [SkippableFact]
    public void A_frame_for_another_station_is_received()
    {
        using var harness = new LivePortHarness();
        byte[] frame = TestFrames.Make(1);
        frame[5] = 0x77;
        harness.Peer.Send(frame);

        Assert.Equal(frame, Assert.Single(harness.ReceiveAll(1)));
    }

    [SkippableFact]
    public void The_port_tells_address_and_mtu_of_its_interface()
    {
        using var harness = new LivePortHarness();
        harness.Namespace.Ip(
            $"link set {LivePortHarness.SwitchEnd} address 02:00:00:00:12:34 mtu 1400");
        harness.Supervise();

        Assert.Equal(0x02_00_00_00_12_34ul, harness.Port.HardwareAddress.Value);
        Assert.Equal(1400, harness.Port.Mtu);
        Assert.Equal(OffloadSupport.ByValue, harness.Port.Offloads);
        Assert.True(harness.Port.PollDescriptor >= 0);
    }

    [SkippableFact]
    public void Generic_receive_offload_is_off_while_the_port_is_open_and_restored_after()
    {
        using var harness = new LivePortHarness();
        using InterfaceProbe probe = harness.Namespace.Run(() => new InterfaceProbe());
        const uint getGro = 43, setGro = 44;
        const string name = "gro0";
        harness.Namespace.AddPair(name, "gro1");
        Assert.True(probe.TrySetValue(name, setGro, 1));

        LivePort port = harness.OpenOther(2, name);
        Assert.True(probe.TryGetValue(name, getGro, out uint whileOpen));
        port.Dispose();
        Assert.True(probe.TryGetValue(name, getGro, out uint after));

        Assert.Equal((0u, 1u), (whileOpen, after));
    }

    [SkippableFact]
    public void An_offload_that_was_off_stays_off()
    {
        using var harness = new LivePortHarness();
        using InterfaceProbe probe = harness.Namespace.Run(() => new InterfaceProbe());
        harness.Namespace.AddPair("gro0", "gro1");
        Assert.True(probe.TrySetValue("gro0", 44, 0));

        harness.OpenOther(2, "gro0").Dispose();

        Assert.True(probe.TryGetValue("gro0", 43, out uint after));
        Assert.Equal(0u, after);
    }

    private protected override PortHarness Open() => new LivePortHarness();

    private protected override PortHarness? OpenWithSmallQueue() =>
        new LivePortHarness(bufferBytes: SmallBufferBytes);

    private protected override PortHarness? OpenCutting(byte[] frame)
    {
        var harness = new LivePortHarness(snapBytes: 128);
        harness.Inject(frame);
        return harness;
    }

    private static byte[] Tag(byte[] frame) =>
        [.. frame[..12], 0x81, 0x00, 0x00, 0x64, .. frame[12..]];
}
