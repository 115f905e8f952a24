// What is checked under a configuration: which servers, ports and ways, and when the times are.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Health;

public sealed class HealthPlanTests
{
    private const string Virt = """

        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80 / rport 8080

        """;

    [Fact]
    public void Every_member_is_checked_by_tcp_on_the_port_it_listens_on()
    {
        HealthProbe probe = Assert.Single(Plan("real 1 / rip 192.0.2.5 / ena\ngroup 1 / add 1" + Virt));

        Assert.Equal("tcp 192.0.2.5:8080", probe.Text);
        Assert.Equal((2, new RiseFall(1, 4)), (probe.IntervalSeconds, probe.Counting));
    }

    [Fact]
    public void A_servers_own_words_come_before_the_groups()
    {
        Assert.Equal(
            ["http 192.0.2.5:8080", "icmp 192.0.2.6"],
            Texts("""
                real 1 / rip 192.0.2.5 / ena
                real 2 / rip 192.0.2.6 / ena / health icmp
                group 1 / health http / add 1 / add 2
                """ + Virt));
    }

    [Theory]
    [InlineData("real 1 / health none")]
    [InlineData("real 1 / inter 0")]
    [InlineData("real 1 / dis")]
    [InlineData("group 1 / health none")]
    [InlineData("virt 1 / dis")]
    public void What_is_not_to_be_checked_is_not(string change)
    {
        Assert.Empty(Plan("real 1 / rip 192.0.2.5 / ena\ngroup 1 / add 1" + Virt + change + "\n"));
    }

    [Fact]
    public void Backups_are_checked_too_each_port_once()
    {
        Assert.Equal(
            ["tcp 192.0.2.5:443", "tcp 192.0.2.5:8080", "tcp 192.0.2.8:443", "tcp 192.0.2.8:8080",
                "icmp 192.0.2.9", "tcp 192.0.2.7:443", "tcp 192.0.2.7:8080"],
            Texts("""
                real 1 / rip 192.0.2.5 / ena / backup r2
                real 2 / rip 192.0.2.8 / ena / backup r1
                real 4 / rip 192.0.2.9 / ena
                real 9 / rip 192.0.2.7 / ena
                group 1 / add 1 / backup g2
                group 2 / add 4 / health icmp
                group 3 / add 1 / backup r9
                """ + Virt + """
                virt 1/service 443
                virt 2 / vip 192.0.2.3 / ena
                virt 2/service 80 / rport 8080 / group 3
                virt 2/service 443 / group 3

                """));
    }

    [Fact]
    public void A_service_without_tcp_is_checked_by_udp()
    {
        Assert.Equal(
            ["udp 192.0.2.5:53"],
            Texts("real 1 / rip 192.0.2.5 / ena\ngroup 1 / add 1\nvirt 1 / vip 192.0.2.2 / ena\n"
                + "virt 1/service 53 / protocol udp\n"));
    }

    [Theory]
    [InlineData("", "tcp 192.0.2.5:80 by 192.0.2.2")]
    [InlineData("group 1 / viphlth dis\n", "tcp 192.0.2.5:80")]
    [InlineData("group 1 / health arp\n", "arp 192.0.2.5")]
    public void A_dsr_server_is_asked_at_its_vip(string change, string expected)
    {
        Assert.Equal(
            [expected],
            Texts("real 1 / rip 192.0.2.5 / ena\ngroup 1 / add 1\nvirt 1 / vip 192.0.2.2 / ena\n"
                + "virt 1/service 80 / nonat ena\n" + change));
    }

    [Fact]
    public void First_checks_come_soon_and_one_after_the_other()
    {
        long[] few = [.. Enumerable.Range(0, 4).Select(i => CheckTimes.First(1000, i, 4, intervalSeconds: 2))];
        long last = CheckTimes.First(1000, 999, 1000, intervalSeconds: 2);

        Assert.Equal([1000, 1010, 1020, 1030], few);
        Assert.InRange(last, 2900, 3000);
    }

    [Fact]
    public void Second_checks_are_spread_over_the_interval()
    {
        long[] times = [.. Enumerable.Range(0, 4).Select(i => CheckTimes.Second(1000, i, 4, intervalSeconds: 2))];

        Assert.Equal([3000, 3500, 2000, 2500], times);
    }

    [Theory]
    [InlineData(0.0, 0, 2000)]
    [InlineData(1.0, 0, 1900)]
    [InlineData(0.5, 2500, 2500)]
    public void Later_ones_come_once_in_an_interval_and_never_before_the_last_is_over(
        double random, long now, long expected)
    {
        Assert.Equal(expected, CheckTimes.Next(beganMs: 0, now, intervalSeconds: 2, random));
    }

    private static IReadOnlyList<HealthProbe> Plan(string config) => HealthPlan.Of(Config.Texts.Read(config));

    private static string[] Texts(string config) => [.. Plan(config).Select(probe => probe.Text)];
}
