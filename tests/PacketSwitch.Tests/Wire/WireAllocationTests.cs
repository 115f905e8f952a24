// Reading, checking and writing a frame allocates nothing, so that the data plane may do it for
// every frame.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class WireAllocationTests
{
    [Fact]
    public void Reading_and_writing_frames_allocates_nothing()
    {
        byte[][] frames = WireFrames.All();
        byte[] buffer = new byte[2_000];
        long sum = Work(frames, buffer);

        long allocated = AllocationMeter.Measure(() =>
        {
            for (int round = 0; round < 1_000; round++)
                sum += Work(frames, buffer);
        });

        Assert.NotEqual(0, sum);
        Assert.Equal(0, allocated);
    }

    private static long Work(byte[][] frames, byte[] buffer)
    {
        long sum = 0;
        foreach (byte[] frame in frames)
        {
            EthernetView.TryWrap(frame, out EthernetView ethernet);
            sum += ethernet.EtherType;
            if (Ipv4View.TryWrap(ethernet.Payload, out Ipv4View v4))
                sum += v4.Source.Value;
            if (Ipv6View.TryWrap(ethernet.Payload, out Ipv6View v6)
                && v6.TryFindUpperLayer(out Ipv6UpperLayer upper))
                sum += upper.Offset;
            sum += FrameChecksums.AreValid(frame) ? 1 : 0;
            sum += FrameChecksums.TryCompleteTransport(frame) ? 1 : 0;
        }
        FrameAddresses<Ipv4Address> to4 = new() { Source = new Ipv4Address(1), SourcePort = 80 };
        FrameAddresses<Ipv6Address> to6 = new() { Source = new Ipv6Address(0, 1), SourcePort = 80 };
        sum += FrameWriter.Tcp(buffer, to4, 1, 2, TcpFlags.Rst, 0);
        sum += FrameWriter.Tcp(buffer, to6, 1, 2, TcpFlags.Rst, 0);
        sum += FrameWriter.Udp(buffer, to4, frames[0]);
        sum += FrameWriter.IcmpErrorV4(buffer, to4, IcmpV4Type.TimeExceeded, 0, 0, frames[0]);
        sum += FrameWriter.IcmpErrorV6(buffer, to6, IcmpV6Type.TimeExceeded, 0, 0, frames[0]);
        sum += FrameWriter.NeighborSolicitation(buffer, default, to6.Source, to6.Source);
        sum += FrameWriter.Arp(
            buffer, ArpOperation.Request, default, default, default, default, default, default);
        return sum + FrameWriter.PadToMinimum(buffer, 42);
    }
}
