// Two frames of a new flow that come in one burst, as a resolver asks for A and AAAA, and as a SYN
// that was sent again: one session, and one turn of the metric.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Fragments;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class PairsTests
{
    private const int Clients = 20;

    [Theory]
    [MemberData(nameof(BalancedNet.Families), MemberType = typeof(BalancedNet))]
    public void Two_datagrams_of_a_new_flow_take_one_turn(bool isV6)
    {
        using var net = new BalancedNet(isV6);

        TakeTurns(net, port => net.Udp(net.Client, port, net.Vip, BalancedNet.Service, [1, 2, 3]));
    }

    [Theory]
    [MemberData(nameof(BalancedNet.Families), MemberType = typeof(BalancedNet))]
    public void A_SYN_that_comes_twice_takes_one_turn(bool isV6)
    {
        using var net = new BalancedNet(isV6);

        TakeTurns(net, port => net.Tcp(
            net.Client, port, net.Vip, BalancedNet.Service, TcpFlags.Syn, []));
    }

    private static void TakeTurns(BalancedNet net, Func<ushort, byte[]> frameFrom)
    {
        for (ushort port = 1; port <= Clients; port++)
        {
            byte[] frame = frameFrom(port);
            Assert.True(net.Switch.Ports[BalancedNet.ClientSide].Enqueue(frame));
            Assert.True(net.Switch.Ports[BalancedNet.ClientSide].Enqueue(frame));
            net.Switch.Settle();
        }

        FrameInfo[] verdicts = net.Switch.TakeVerdicts();
        Assert.Equal(Clients, net.Switch.Counters.Opened);
        Assert.Equal(Clients, verdicts.Count(verdict => verdict.Real == 1));
        Assert.Equal(Clients, verdicts.Count(verdict => verdict.Real == 2));
    }
}
