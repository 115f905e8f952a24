// The rewrites of both directions belong together: what goes out by one comes back by the other, and the answer's key is the other's result.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Rewriting;

public sealed class RewritePlansTests
{
    [Fact]
    public void An_answer_by_nat_returns_to_the_client_as_from_the_virtual_server()
        => AnswersReturn<Ipv4Address>(proxy: false);

    [Fact]
    public void An_answer_by_nat_returns_over_ipv6_too() => AnswersReturn<Ipv6Address>(proxy: false);

    [Fact]
    public void An_answer_to_a_proxy_address_returns_to_the_client()
        => AnswersReturn<Ipv4Address>(proxy: true);

    [Fact]
    public void A_server_key_has_no_vlan_whatever_the_clients_is()
    {
        FlowEntry<Ipv4Address> client = default;
        FlowEntry<Ipv4Address> server = default;
        client.Key = TestFlows.ClientKey<Ipv4Address>(1) with { VlanId = 7 };

        RewritePlans.ForNat(
            ref client, ref server, client.Key.Source, client.Key.SourcePort, new Ipv4Address(1), 8080, 3);

        Assert.Equal(0, server.Key.VlanId);
        Assert.Equal(FlowSide.Server, server.Key.Side);
        Assert.Equal(3, client.Rewrite.Neighbor);
        Assert.Equal(Rewrite<Ipv4Address>.ToClient, server.Rewrite.Neighbor);
    }

    private static void AnswersReturn<TAddress>(bool proxy) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        FlowEntry<TAddress> client = default;
        FlowEntry<TAddress> server = default;
        client.Key = key;
        TAddress source = proxy ? TestFlows.Address<TAddress>(0x0909_0909) : key.Source;
        ushort sourcePort = proxy ? (ushort)3333 : key.SourcePort;
        TAddress real = TestFlows.Address<TAddress>(TestFlows.FirstReal);

        RewritePlans.ForNat(ref client, ref server, source, sourcePort, real, TestFlows.RealPort, 0);

        // The answer's key is what the request became, turned round.
        Assert.Equal(client.Rewrite.Source, server.Key.Destination);
        Assert.Equal(client.Rewrite.SourcePort, server.Key.DestinationPort);
        Assert.Equal(client.Rewrite.Destination, server.Key.Source);
        Assert.Equal(client.Rewrite.DestinationPort, server.Key.SourcePort);
        Assert.Equal(key.Protocol, server.Key.Protocol);
        // And the answer becomes what the request was, turned round.
        Assert.Equal(key.Destination, server.Rewrite.Source);
        Assert.Equal(key.DestinationPort, server.Rewrite.SourcePort);
        Assert.Equal(key.Source, server.Rewrite.Destination);
        Assert.Equal(key.SourcePort, server.Rewrite.DestinationPort);
    }
}
