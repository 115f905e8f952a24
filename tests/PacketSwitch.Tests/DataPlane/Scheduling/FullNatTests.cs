// The proxy addresses of full NAT by the tens of thousands (RFC 4787 REQ-3, RFC 5382 REQ-7: no port
// overloading): no two flows share a tuple, every answer finds its client, a full address is
// counted and the next one used, and ports come back. Both address families.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class FullNatTests
{
    private const int Flows = 60_000;
    private const int FlowsPerClient = 4;
    private const int Extra = 100;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sixty_thousand_flows_through_one_address_to_one_server_share_no_tuple(bool isV6)
    {
        using var farm =
            new ServerFarm(isV6, Config("$p", "udp"), sessions: 1 << 17, keepsSent: true);
        string proxy = farm.AddressOf("$p");
        string vip = farm.AddressOf("$v");
        var tuples = new HashSet<(string, string, string, string)>();
        var requests = new List<byte[]>();

        for (int flow = 0; flow < Flows; flow++)
        {
            Assert.Equal(1, farm.Open(flow / FlowsPerClient, PortOf(flow), udp: true));
            requests.Add(farm.TakeSent(toServers: true));
            FrameFacts asked = FrameReader.Read(requests[^1]);
            Assert.Equal(proxy, asked[FrameFacts.Source]);
            Assert.True(tuples.Add(Tuple(asked)), $"flow {flow} shares {Tuple(asked)}");
        }
        for (int flow = 0; flow < Flows; flow++)
        {
            farm.EnterFromServer(Answer(requests[flow], isV6));
            FrameFacts answered = FrameReader.Read(farm.TakeSent(toServers: false));
            Assert.Equal(
                (vip, "80", farm.ClientAddress(flow / FlowsPerClient), $"{PortOf(flow)}"),
                Tuple(answered));
            Assert.Equal("right", answered[FrameFacts.Checksum]);
        }

        Assert.Equal(Flows, farm.Tables.SessionCount);
        Assert.Equal(0, farm.Counters.DroppedTotal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_an_address_has_no_port_left_the_next_is_used_then_flows_are_refused(bool isV6)
    {
        using var farm =
            new ServerFarm(isV6, Config("$p $q", "tcp"), sessions: 1 << 17, keepsSent: true);
        string first = farm.AddressOf("$p");
        string second = farm.AddressOf("$q");
        string[] sources =
            [.. Enumerable.Range(0, PortPool.Ports + Extra).Select(flow => SourceOf(farm, flow))];
        Assert.All(sources[..PortPool.Ports], source => Assert.Equal(first, source));
        Assert.All(sources[PortPool.Ports..], source => Assert.Equal(second, source));

        // The first address alone is full.
        farm.Apply(Config("$p", "tcp"));
        Assert.Equal(0, farm.Open(1, sourcePort: 9));
        FrameFacts refusal = FrameReader.Read(farm.TakeSent(toServers: false));
        Assert.Equal("RA", refusal[FrameFacts.Flags]);
        Assert.Equal(1, farm.Counters.Dropped[(int)DropReason.NoProxyPort]);
        Assert.Equal(PortPool.Ports + Extra, farm.Tables.SessionCount);

        // One port is given back, and is the one that is taken.
        farm.Reset(0, PortOf(0));
        string freed = FrameReader.Read(farm.TakeSent(toServers: true))[FrameFacts.SourcePort];
        farm.Wait(5);
        Assert.Equal(1, farm.Open(1, sourcePort: 9));
        Assert.Equal(
            freed, FrameReader.Read(farm.TakeSent(toServers: true))[FrameFacts.SourcePort]);

        farm.Wait(31);
        Assert.Equal(0, farm.Tables.SessionCount);
        Assert.Equal([0, 0], new[] { 1, 2 }.Select(number => farm.Tables.PortPools[number].Count));
    }

    [Fact]
    public void Servers_ports_and_protocols_have_pools_of_their_own()
    {
        using var farm = new ServerFarm(isV6: false, """
            real 1 / rip $1 / ena
            real 2 / rip $2 / ena
            group 1 / metric rr / add 1 / add 2
            virt 1 / vip $v / ena
            virt 1/service 80 / group 1 / pip $p / protocol both
            virt 1/service 81 / group 1 / pip $p
            """);

        for (int flow = 0; flow < 100; flow++)
        {
            farm.Open(flow);
            farm.Open(flow, udp: true);
            farm.Open(flow, service: 81);
        }

        int[] taken =
            [.. Enumerable.Range(1, 6).Select(number => farm.Tables.PortPools[number].Count)];
        Assert.Equal([50, 50, 50, 50, 50, 50], taken);
    }

    private static string SourceOf(ServerFarm farm, int flow)
    {
        Assert.Equal(1, farm.Open(flow / FlowsPerClient, PortOf(flow)));
        return FrameReader.Read(farm.TakeSent(toServers: true))[FrameFacts.Source];
    }

    private static int PortOf(int flow) => 2000 + (flow % FlowsPerClient);

    private static (string, string, string, string) Tuple(FrameFacts facts) => (
        facts[FrameFacts.Source], facts[FrameFacts.SourcePort], facts[FrameFacts.Target],
        facts[FrameFacts.TargetPort]);

    // What a server that sends everything back answers: the same frame the other way round. Its
    // checksums stay right: a sum knows no order.
    private static byte[] Answer(byte[] request, bool isV6)
    {
        byte[] answer = [.. request];
        int address = isV6 ? 16 : 4;
        int source = isV6 ? 22 : 26;
        int ports = source + (2 * address);
        Swap(answer, 0, MacAddress.Length);
        Swap(answer, source, address);
        Swap(answer, ports, 2);
        return answer;
    }

    private static void Swap(byte[] frame, int at, int length)
    {
        byte[] first = frame[at..(at + length)];
        frame.AsSpan(at + length, length).CopyTo(frame.AsSpan(at));
        first.CopyTo(frame, at + length);
    }

    private static string Config(string proxies, string protocol) => $"""
        real 1 / rip $1 / ena / maxcon 0
        group 1 / add 1
        virt 1 / vip $v / ena
        virt 1/service 80 / group 1 / pip {proxies} / protocol {protocol}
        """;
}
