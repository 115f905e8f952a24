// The ports of a proxy address: each once, and after a restart others first.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class PortPoolTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(1008u * 5)]
    [InlineData(uint.MaxValue)]
    public void Every_port_is_given_out_once(uint firstTurn)
    {
        var pool = new PortPool(firstTurn);

        ushort[] ports = Take(pool, PortPool.Ports);

        Assert.Equal(PortPool.Ports, ports.Distinct().Count());
        Assert.Equal(PortPool.FirstPort, ports.Min());
        Assert.False(pool.TryTake(out _));
    }

    // A server that ended a connection answers no new one on its ports for a minute, if the new
    // one's time stamps are another client's.
    [Fact]
    public void A_pool_with_another_first_turn_begins_with_other_ports()
    {
        ushort[] before = Take(new PortPool(firstTurn: 7), 1000);

        ushort[] after = Take(new PortPool(firstTurn: 7 + (1008 * 20)), 1000);

        Assert.Empty(before.Intersect(after));
    }

    private static ushort[] Take(PortPool pool, int count)
    {
        var ports = new ushort[count];
        for (int i = 0; i < count; i++)
            Assert.True(pool.TryTake(out ports[i]));
        return ports;
    }
}
