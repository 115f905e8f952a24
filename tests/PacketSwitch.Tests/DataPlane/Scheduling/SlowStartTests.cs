// slowstr: the share of a server that has come back grows from nothing to its due, under every metric; nobody is refused for it.

using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class SlowStartTests
{
    private const int Clients = 1000;

    [Theory]
    [MemberData(nameof(BalanceTests.Metrics), MemberType = typeof(BalanceTests))]
    public void The_share_of_a_server_that_came_back_grows_with_time(string metric, bool isV6)
    {
        using var farm = new ServerFarm(isV6, $"""
            real 1 / rip $1 / ena
            real 2 / rip $2 / ena
            real 3 / rip $3 / ena
            real 4 / rip $4 / ena
            group 1 / metric {metric} / slowstr 100 / add 1 / add 2 / add 3 / add 4
            virt 1 / vip $v / ena
            virt 1/service 80
            """);
        farm.Fail(4);
        farm.Wait(40);
        int[] before = OpenMany(farm, 0);
        Assert.Equal(0, before[3]);

        farm.Restore(4);
        farm.Wait(10);
        int[] atTenth = OpenMany(farm, 1);
        farm.Wait(40);
        int[] atHalf = OpenMany(farm, 2);
        farm.Wait(60);
        int[] atEnd = OpenMany(farm, 3);

        const double Due = Clients / 4.0;
        Assert.InRange(atTenth[3], Due * 0.05, Due * 0.15);
        Assert.InRange(atHalf[3], Due * 0.4, Due * 0.6);
        bool fewest = metric is "leastconns" or "svcleast";
        Assert.True(fewest ? atEnd[3] >= Due * 0.9 : Math.Abs(atEnd[3] - Due) < Due * 0.2, $"{atEnd[3]} at the end");
    }

    [Theory]
    [InlineData("leastconns")]
    [InlineData("roundrobin")]
    [InlineData("phash")]
    public void A_server_in_slow_start_takes_what_nobody_else_can(string metric)
    {
        using var farm = new ServerFarm(isV6: false, $"""
            real 1 / rip $1 / ena / maxcon 5
            real 2 / rip $2 / ena
            group 1 / metric {metric} / slowstr 600 / add 1 / add 2
            virt 1 / vip $v / ena
            virt 1/service 80
            """);
        farm.Fail(2);
        farm.Restore(2);

        int[] reals = [.. Enumerable.Range(0, 20).Select(client => farm.Open(client))];

        Assert.Equal([5, 15], farm.Loads(2));
        Assert.DoesNotContain(0, reals);
    }

    [Fact]
    public void Servers_that_were_up_from_the_start_have_no_slow_start()
    {
        using var farm = new ServerFarm(isV6: false, """
            real 1 / rip $1 / ena
            real 2 / rip $2 / ena
            group 1 / metric rr / slowstr 600 / add 1 / add 2
            virt 1 / vip $v / ena
            virt 1/service 80
            """);

        Assert.Equal([1, 2, 1, 2], Enumerable.Range(0, 4).Select(client => farm.Open(client)));
    }

    // New sessions of each server; those of the last measurement have expired by then.
    private static int[] OpenMany(ServerFarm farm, int round)
    {
        int[] before = farm.Loads(4);
        for (int client = 0; client < Clients; client++)
        {
            farm.Open((round * Clients) + client);
        }
        return [.. farm.Loads(4).Zip(before, (now, then) => now - then)];
    }
}
