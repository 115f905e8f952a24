// What all metrics have in common, and the spread each gives: by weight, in turn, by source; never beyond maxcon.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Metrics;

public sealed class MetricTests
{
    private const int Flows = 10_000;

    private static readonly ulong Service = ServiceLoads.KeyOf(1, 80, 6);

    private readonly RealLoads _loads = new();
    private readonly ServiceLoads _serviceLoads = new();

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void Sessions_spread_by_weight(string metric)
    {
        ServerGroup group = Group(metric, (1, 0), (2, 0), (5, 0));

        int[] picks = PickMany(group, Flows);

        Assert.Equal(Flows, picks.Sum());
        Assert.InRange(picks[0], Flows / 8 * 0.9, Flows / 8 * 1.1);
        Assert.InRange(picks[1], Flows / 4 * 0.9, Flows / 4 * 1.1);
        Assert.InRange(picks[2], Flows * 5 / 8 * 0.9, Flows * 5 / 8 * 1.1);
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void Nobody_gets_more_than_its_maximum_of_connections(string metric)
    {
        ServerGroup group = Group(metric, (1, 10), (1, 0), (5, 25));

        int[] picks = PickMany(group, 1000);

        Assert.Equal(10, picks[0]);
        Assert.Equal(25, picks[2]);
        Assert.Equal(965, picks[1]);
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void A_group_whose_servers_are_all_full_picks_none(string metric)
    {
        ServerGroup group = Group(metric, (1, 1), (3, 2));
        PickMany(group, 3);

        Assert.Equal(-1, Pick(group, 99));
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void A_server_of_weight_zero_takes_no_new_sessions(string metric)
    {
        ServerGroup group = Group(metric, (0, 0), (1, 5), (0, 0), (1, 0));

        int[] picks = PickMany(group, 100);

        Assert.Equal(0, picks[0]);
        Assert.Equal(5, picks[1]);
        Assert.Equal(0, picks[2]);
        Assert.Equal(95, picks[3]);
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void A_group_without_anybody_to_take_a_session_picks_none(string metric)
    {
        Assert.Equal(-1, Pick(Group(metric), 1));
        Assert.Equal(-1, Pick(Group(metric, (0, 0), (0, 0)), 1));
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    [InlineData("response")]
    [InlineData("bandwidth")]
    [InlineData("svcleast")]
    public void A_server_that_was_tried_for_this_session_is_not_picked_again(string metric)
    {
        ServerGroup group = Group(metric, (1, 0), (1, 0), (1, 0));
        var marks = new MemberMark[3];
        var context = new PickContext(group.Members, marks, _loads, 7);

        for (int i = 0; i < 3; i++)
        {
            int member = group.Metric.Pick(group, ref context);
            Assert.Equal(MemberMark.Free, marks[member]);
            marks[member] = MemberMark.Tried;
        }
        Assert.Equal(-1, group.Metric.Pick(group, ref context));
    }

    [Fact]
    public void Round_robin_spreads_the_turns_of_a_heavy_server_out()
    {
        ServerGroup group = Group("roundrobin", (3, 0), (1, 0), (1, 0));

        var turns = Enumerable.Range(0, 10).Select(flow => Pick(group, flow));

        Assert.Equal([0, 1, 0, 2, 0, 0, 1, 0, 2, 0], turns);
    }

    [Fact]
    public void Round_robin_begins_with_the_first_server()
    {
        ServerGroup group = Group("roundrobin", (1, 0), (1, 0), (1, 0));

        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(flow => Pick(group, flow)));
    }

    [Fact]
    public void Least_connections_takes_the_server_with_fewest_sessions_for_its_weight()
    {
        ServerGroup group = Group("leastconns", (1, 0), (4, 0));
        for (int i = 0; i < 4; i++)
        {
            _loads.Opened(group.Members[0].Id);
        }
        for (int i = 0; i < 15; i++)
        {
            _loads.Opened(group.Members[1].Id);
        }

        Assert.Equal(1, Pick(group, 1));
        _loads.Opened(group.Members[1].Id);
        _loads.Opened(group.Members[1].Id);
        Assert.Equal(0, Pick(group, 2));
    }

    [Fact]
    public void Least_connections_breaks_ties_in_turn()
    {
        ServerGroup group = Group("leastconns", (1, 0), (1, 0), (1, 0));

        int[] picks = new int[3];
        for (int i = 0; i < 9; i++)
        {
            picks[Pick(group, i)]++; // No session stays: all are always level.
        }

        Assert.Equal([3, 3, 3], picks);
    }

    [Fact]
    public void Hash_keeps_a_client_at_its_server()
    {
        ServerGroup group = Group("hash", (1, 0), (2, 0), (5, 0));

        for (int client = 0; client < 100; client++)
        {
            int first = Pick(group, client);
            _loads.Opened(group.Members[first].Id);
            Assert.Equal(first, Pick(group, client));
        }
    }

    [Fact]
    public void The_hash_of_an_address_is_the_same_at_every_start()
    {
        // Written down once: clients must come back to their server after an upgrade, too.
        Assert.Equal(AddressHash.Of(Ipv4Address.Parse("192.0.2.1"), 32), AddressHash.Of(Ipv4Address.Parse("192.0.2.1"), 32));
        Assert.Equal(HashOf192Dot0Dot2Dot1, AddressHash.Of(Ipv4Address.Parse("192.0.2.1"), 32));
        Assert.NotEqual(
            AddressHash.Of(Ipv6Address.Parse("2001:db8::1"), 128), AddressHash.Of(Ipv6Address.Parse("2001:db8::2"), 128));
    }

    [Fact]
    public void The_catalog_knows_its_metrics_by_name()
    {
        Assert.Superset(
            new HashSet<string> { "leastconns", "roundrobin", "hash" }, MetricCatalog.Names.ToHashSet());
        Assert.IsType<LeastConnections>(MetricCatalog.Make("no such metric", new MetricInput([])));
    }

    private const ulong HashOf192Dot0Dot2Dot1 = 5_213_338_072_230_110_214;

    // Picks for one client after the other; every pick opens a session that stays.
    private int[] PickMany(ServerGroup group, int flows)
    {
        var picks = new int[group.Members.Length];
        for (int flow = 0; flow < flows; flow++)
        {
            int member = Pick(group, flow);
            picks[member]++;
            _loads.Opened(group.Members[member].Id);
            _serviceLoads.Reserve(ServiceLoads.Of(Service, group.Members[member].Id));
        }
        return picks;
    }

    private int Pick(ServerGroup group, int client)
    {
        // Each client in a /24 of its own, which is what minmisses tells apart.
        var address = new Ipv4Address(0x0a00_0000 + ((uint)client << 8));
        ulong hash = AddressHash.Of(address, group.Metric.SourceBits(isV6: false));
        var context = new PickContext(
            group.Members, new MemberMark[group.Members.Length], _loads, hash, _serviceLoads, Service);
        return group.Metric.Pick(group, ref context);
    }

    private static ServerGroup Group(string metric, params (int Weight, int MaxConnections)[] servers)
    {
        GroupMember[] members = servers.Select((server, i) => GroupMember.Of(new RealServer(
            (ushort)(i + 1), IpAddress.From(new Ipv4Address(0xc633_6401 + (uint)i)), server.Weight,
            server.MaxConnections, Ticks.FromSeconds(600), (ushort)i))).ToArray();
        return new ServerGroup(1, MetricCatalog.Make(metric, new MetricInput(members)), members);
    }
}
