// What every port on a network interface must do besides PacketPortContract: whichever backend it has, on one end of
// a veth pair in a network namespace of its own.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public abstract class LivePortContract : PacketPortContract
{
    private protected abstract PortKind Kind { get; }

    private protected abstract OffloadSupport Offloads { get; }

    /// <summary>A buffer that holds fewer than 500 frames.</summary>
    private protected abstract int SmallBufferBytes { get; }

    [SkippableFact]
    public void A_tagged_frame_arrives_and_leaves_with_its_tag()
    {
        using var harness = new LivePortHarness(Kind);
        byte[] tagged = Tag(TestFrames.Make(5, 1514));
        harness.Peer.Send(tagged);
        var burst = new FrameBurst();

        Assert.True(Patience.Until(() => harness.Port.Receive(burst) == 1));
        byte[] received = burst.Frames[0].Span.ToArray();
        int sent = harness.Port.Send(TestFrames.Describe(tagged));

        Assert.Equal(tagged, received);
        Assert.Equal(1, sent);
    }

    [SkippableFact]
    public void What_another_program_sends_out_of_the_interface_is_not_received()
    {
        using var harness = new LivePortHarness(Kind);
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
        using var harness = new LivePortHarness(Kind);
        byte[] frame = TestFrames.Make(1);
        frame[5] = 0x77;
        harness.Peer.Send(frame);

        Assert.Equal(frame, Assert.Single(harness.ReceiveAll(1)));
    }

    [SkippableFact]
    public void The_port_tells_address_and_mtu_of_its_interface()
    {
        using var harness = new LivePortHarness(Kind);
        harness.Namespace.Ip(
            $"link set {LivePortHarness.SwitchEnd} address 02:00:00:00:12:34 mtu 1400");
        harness.Supervise();

        Assert.Equal(0x02_00_00_00_12_34ul, harness.Port.HardwareAddress.Value);
        Assert.Equal(1400, harness.Port.Mtu);
        Assert.Equal(Offloads, harness.Port.Offloads);
        Assert.True(harness.Port.PollDescriptor >= 0);
    }

    private protected override PortHarness Open() => new LivePortHarness(Kind);

    private protected override PortHarness? OpenWithSmallQueue() =>
        new LivePortHarness(Kind, bufferBytes: SmallBufferBytes);

    private protected override PortHarness? OpenCutting(byte[] frame)
    {
        var harness = new LivePortHarness(Kind, snapBytes: 128);
        harness.Inject(frame);
        return harness;
    }

    private protected static byte[] Tag(byte[] frame) =>
        [.. frame[..12], 0x81, 0x00, 0x00, 0x64, .. frame[12..]];
}
