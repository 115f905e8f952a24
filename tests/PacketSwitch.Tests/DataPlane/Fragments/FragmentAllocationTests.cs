// Nothing is allocated for frames of known sessions, fragments in and out of order included.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Fragments;

public sealed class FragmentAllocationTests
{
    private const ushort Port = 40_000;
    private const int Datagrams = 10;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Frames_of_a_known_session_allocate_nothing(bool isV6, bool divided)
    {
        using var net = new BalancedNet(isV6);
        using var tables = new SharedTables(1024, seed: 1);
        using var client = new MemoryPort(1) { DiscardSent = true };
        using var server = new MemoryPort(2) { DiscardSent = true };
        var loop = new PortLoop<NoTracer>(
            [client, server], [0, 1], tables, new SnapshotCell(net.Switch.Snapshot), default);
        foreach (byte[] frame in Frames(net, divided))
        {
            Assert.True(client.Enqueue(frame));
        }
        client.Repeat = true;
        int passes = 200;
        long now = Run(loop, 1_000_000_000, passes);

        long allocated = AllocationMeter.Measure(() =>
        {
            now = Run(loop, now, passes: 500);
            passes += 500;
        });

        Assert.Equal(0, allocated);
        Assert.Equal(1, tables.SessionCount);
        Assert.Equal(passes * Limits.BurstFrames, loop.Counters.Received);
        Assert.True(loop.Counters.Transmitted > loop.Counters.Received * 99 / 100);
    }

    private static List<byte[]> Frames(BalancedNet net, bool divided)
    {
        byte[] whole = net.Udp(net.Client, Port, net.Vip, BalancedNet.Service, BalancedNet.Bytes(divided ? 2_000 : 500));
        var frames = new List<byte[]>();
        for (ushort id = 1; id <= Datagrams; id++)
        {
            byte[][] fragments = divided ? Fragmenter.Cut(whole, id, 1000) : [whole];
            frames.AddRange(id % 2 == 0 ? fragments : fragments.Reverse());
        }
        return frames;
    }

    private static long Run(PortLoop<NoTracer> loop, long nowNs, int passes)
    {
        for (int i = 0; i < passes; i++)
        {
            nowNs += 200_000;
            loop.RunOnce(nowNs);
        }
        return nowNs;
    }
}
