// The judge of the fuzz test must see what it is there to see.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.Wire;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Fuzz;

public class FrameConservationTests
{
    private const int LastAddressByte = 33;
    private const int IpChecksum = 24;
    private const int TcpChecksum = 50;
    private static readonly MacAddress SwitchMac = MacAddress.Parse("02:00:00:00:00:02");
    private static readonly FrameInfo Forwarded = new() { Verdict = Verdict.Transmit, Pass = PassReason.Session, OutPorts = 1 };
    private static readonly FrameInfo Bridged = new() { Verdict = Verdict.Transmit, Pass = PassReason.Bridge, OutPorts = 1 };

    [Fact]
    public void A_bridged_frame_that_left_unchanged_is_right() =>
        Assert.Null(Fault(WireFrames.TcpSynV4(), Bridged));

    [Fact]
    public void A_bridged_frame_that_changed_is_a_fault() =>
        Assert.NotNull(Fault(Rewritten(), Bridged));

    [Fact]
    public void A_rewritten_frame_with_right_checksums_is_right() =>
        Assert.Null(Fault(Rewritten(), Forwarded));

    [Theory]
    [InlineData(IpChecksum)]
    [InlineData(TcpChecksum)]
    public void A_rewritten_frame_with_a_wrong_checksum_is_a_fault(int at)
    {
        byte[] frame = Rewritten();
        frame[at] ^= 1;

        Assert.NotNull(Fault(frame, Forwarded));
    }

    [Fact]
    public void A_frame_whose_payload_changed_is_a_fault()
    {
        byte[] frame = Rewritten();
        frame[^1] ^= 1;

        Assert.NotNull(Fault(frame, Forwarded));
    }

    [Fact]
    public void A_dropped_frame_that_left_is_a_fault() =>
        Assert.NotNull(Fault(WireFrames.TcpSynV4(), new FrameInfo { Verdict = Verdict.Drop }));

    [Fact]
    public void A_transmitted_frame_that_did_not_leave_is_a_fault() =>
        Assert.NotNull(new FrameConservation(SwitchMac).FindFault(WireFrames.TcpSynV4(), Forwarded, [], false));

    private static string? Fault(byte[] left, FrameInfo info)
        => new FrameConservation(SwitchMac).FindFault(WireFrames.TcpSynV4(), info, [left], false);

    private static byte[] Rewritten()
    {
        byte[] frame = WireFrames.TcpSynV4();
        frame[LastAddressByte] = 77;
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        Assert.True(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip));
        ip.CompleteHeaderChecksum();
        Assert.True(FrameChecksums.TryCompleteTransport(frame));
        return frame;
    }
}
