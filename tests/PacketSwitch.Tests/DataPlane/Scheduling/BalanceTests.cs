// What share of 10,000 clients each real server gets under every metric, through the whole way a first frame takes, for both address families; and who
// moves when a server goes.

using PacketSwitch.Control.Servers;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class BalanceTests
{
    private const int Flows = 10_000;

    public static TheoryData<string, bool> Metrics()
    {
        var data = new TheoryData<string, bool>();
        foreach (string metric in PacketSwitch.DataPlane.MetricCatalog.Names)
        {
            data.Add(metric, false);
            data.Add(metric, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Eight_equal_servers_get_equal_shares(string metric, bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config(metric, 1, 1, 1, 1, 1, 1, 1, 1));

        OpenAll(farm);

        Assert.All(farm.Loads(8), load => Assert.InRange(load, Flows / 8 * 0.9, Flows / 8 * 1.1));
        Assert.Equal(Flows, farm.Loads(8).Sum());
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Servers_get_shares_by_their_weights(string metric, bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config(metric, 1, 2, 5));

        OpenAll(farm);

        AssertShares(farm.Loads(3), 1, 2, 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Response_shares_are_inverse_to_the_time_of_the_checks(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config("response", 1, 1, 3, 1));
        farm.Control.SetResponseTimes(
            new Dictionary<int, long> { [1] = 2_000_000, [2] = 8_000_000, [3] = 6_000_000, [4] = 100_000 });

        OpenAll(farm);

        // weight / milliseconds, at least one: 1/2, 1/8, 3/6, 1/1.
        AssertShares(farm.Loads(4), 0.5, 0.125, 0.5, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bandwidth_shares_are_inverse_to_the_octets_of_the_last_interval(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config("bandwidth", 1, 1, 1));
        farm.Wait(10);
        // Traffic of one interval: what clients of each server send.
        int[] sent = [0, 0, 0, 0];
        for (int client = 0; client < 60; client++)
        {
            int real = farm.Open(client, udp: true);
            for (int i = 0; i < real * real; i++)
            {
                farm.SendAgain(client);
            }
            sent[real] += 1 + (real * real);
        }
        int[] before = farm.Loads(3);
        farm.Wait(5);

        for (int client = 0; client < 1000; client++)
        {
            farm.Open(20_000 + client);
        }

        int[] got = [.. farm.Loads(3).Zip(before, (now, then) => now - then)];
        AssertShares(got, 1.0 / sent[1], 1.0 / sent[2], 1.0 / sent[3]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_server_taken_out_of_a_phash_group_moves_hardly_anyone_else(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config("phash", 1, 1, 1, 1, 1, 1, 1, 1));
        foreach (int removed in new[] { 1, 4, 8 })
        {
            farm.Apply(Config("phash", 1, 1, 1, 1, 1, 1, 1, 1));
            farm.Wait(31); // Nobody has a session.
            int[] first = OpenAll(farm);
            farm.Wait(31);

            farm.Apply(Config("phash", 1, 1, 1, 1, 1, 1, 1, 1) + $"\ngroup 1 / rem {removed}");
            int[] second = OpenAll(farm);

            int others = first.Count(real => real != removed);
            int moved = Enumerable.Range(0, Flows).Count(i => first[i] != removed && second[i] != first[i]);
            Assert.DoesNotContain(removed, second);
            Assert.InRange(moved, 0, others * 0.005);
        }
    }

    [Theory]
    [InlineData("phash", false)]
    [InlineData("phash", true)]
    [InlineData("minmisses", false)]
    [InlineData("minmisses", true)]
    public void The_clients_of_a_failed_server_spread_over_the_others_and_nobody_else_moves(string metric, bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config(metric, 1, 1, 1, 1, 1, 1, 1, 1));
        int[] first = OpenAll(farm);
        farm.Wait(31);

        farm.Fail(3);
        int[] second = OpenAll(farm);

        Assert.All(Enumerable.Range(0, Flows), i => Assert.True(first[i] == 3 ? second[i] != 3 : second[i] == first[i]));
        int fair = first.Count(real => real == 3) / 7;
        foreach (int real in new[] { 1, 2, 4, 5, 6, 7, 8 })
        {
            int gained = Enumerable.Range(0, Flows).Count(i => first[i] == 3 && second[i] == real);
            Assert.InRange(gained, fair * 0.7, fair * 1.3);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_session_moves_when_a_server_is_taken_out_of_its_group(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Config("phash", 1, 1, 1, 1, 1, 1, 1, 1));
        int[] first = OpenAll(farm);

        farm.Apply(Config("phash", 1, 1, 1, 1, 1, 1, 1, 1) + "\ngroup 1 / rem 5");
        int[] second = OpenAll(farm);

        Assert.Equal(first, second);
        Assert.Equal(Flows, farm.Tables.SessionCount);
    }

    [Fact]
    public void Svcleast_looks_at_its_own_service_only()
    {
        using var farm = new ServerFarm(isV6: false, Config("svcleast", 1, 1) + """

            group 2 / add 1 / metric rr
            virt 1/service 81 / group 2
            """);
        for (int client = 0; client < 50; client++)
        {
            Assert.Equal(1, farm.Open(client, service: 81));
        }

        for (int client = 0; client < 20; client++)
        {
            farm.Open(client, service: 80);
        }

        Assert.Equal([60, 10], farm.Loads(2));
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("phash")]
    [InlineData("minmisses")]
    public void The_source_port_counts_when_thash_says_so(string metric)
    {
        string config = Config(metric, 1, 1, 1, 1);
        using var farm = new ServerFarm(isV6: false, config);
        int[] byAddress = [.. Enumerable.Range(3000, 100).Select(port => farm.Open(1, port))];
        farm.Wait(31);
        farm.Apply(config + "\nvirt 1/service 80 / thash sip+sport");
        int[] byPort = [.. Enumerable.Range(3000, 100).Select(port => farm.Open(1, port))];

        Assert.Single(byAddress.Distinct());
        Assert.Equal(4, byPort.Distinct().Count());
    }

    [Theory]
    [InlineData(24, false, true)]
    [InlineData(32, false, false)]
    [InlineData(24, true, true)]
    [InlineData(32, true, false)]
    public void Mhash_says_whether_the_hosts_of_a_network_go_together(int bits, bool isV6, bool together)
    {
        using var farm = new ServerFarm(isV6, Config("minmisses", 1, 1, 1, 1) + $"\ngroup 1 / mhash {bits}");

        int[] reals = [.. Enumerable.Range(1, 100).Select(host => farm.Open(7, host: host))];

        Assert.Equal(together ? 1 : 4, reals.Distinct().Count());
    }

    private static void AssertShares(int[] loads, params double[] due)
    {
        for (int i = 0; i < loads.Length; i++)
        {
            double fair = loads.Sum() * due[i] / due.Sum();
            Assert.InRange(loads[i], fair * 0.9, fair * 1.1);
        }
    }

    private static int[] OpenAll(ServerFarm farm)
        => [.. Enumerable.Range(0, Flows).Select(client => farm.Open(client))];

    private static string Config(string metric, params int[] weights)
    {
        var reals = weights.Select((weight, i) => $"real {i + 1} / rip ${i + 1} / weight {weight} / ena\n");
        var adds = weights.Select((_, i) => $" / add {i + 1}");
        return string.Concat(reals) + $"group 1 / metric {metric}{string.Concat(adds)}\n"
            + "virt 1 / vip $v / ena\nvirt 1/service 80 / group 1 / protocol both";
    }
}
