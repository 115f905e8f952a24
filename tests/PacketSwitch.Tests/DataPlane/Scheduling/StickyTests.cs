// Clients that are bound to their server (pbind clientip, norport, pmask, ptmout): who comes back to whom, for how long, and what happens when the
// server cannot take them. Both address families.

using PacketSwitch.Control.Servers;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class StickyTests
{
    // Round robin: without a binding two sessions in a row never go to one server.
    private const string TwoServers = """
        real 1 / rip $1 / ena
        real 2 / rip $2 / ena
        group 1 / metric rr / add 1 / add 2
        virt 1 / vip $v / ena
        virt 1/service 80 / protocol both
        virt 1/service 81

        """;

    private const string Sticky = TwoServers + "virt 1/service 80 / pbind clientip / ptmout 1\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_comes_back_to_its_server(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);

        for (int client = 0; client < 10; client++)
        {
            int first = farm.Open(client);
            Assert.Equal(first, farm.Open(client, sourcePort: 2001));
            Assert.Equal(first, farm.Open(client, sourcePort: 2002, udp: true));
        }

        // Different clients went different ways.
        Assert.Equal([15, 15], farm.Loads(2));
    }

    [Fact]
    public void Without_pbind_a_client_takes_turns()
    {
        using var farm = new ServerFarm(isV6: false, TwoServers);

        Assert.Equal([1, 2, 1], new[] { farm.Open(1, 2000), farm.Open(1, 2001), farm.Open(1, 2002) });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_binding_ends_its_time_after_the_last_activity(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        int first = farm.Open(1);
        farm.Reset(1);
        farm.Wait(55); // The session ended after 4 seconds.
        Assert.Equal(0, farm.Tables.SessionCount);

        Assert.Equal(first, farm.Open(1, 2001));
        farm.Reset(1, 2001);
        farm.Wait(61);

        Assert.NotEqual(first, farm.Open(1, 2002));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_binding_lives_as_long_as_a_session_is_active(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        int first = farm.Open(1, udp: true);
        for (int i = 0; i < 10; i++)
        {
            farm.Wait(30);
            Assert.Equal(first, farm.SendAgain(1));
        }
        farm.Wait(45);

        Assert.Equal(first, farm.Open(1, 2001));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_service_binds_by_itself_unless_norport(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky + "virt 1/service 81 / pbind clientip\n");
        int[] pairs = [.. Enumerable.Range(0, 10).Select(client => farm.Open(client) - farm.Open(client, service: 81))];
        using var across = new ServerFarm(
            isV6, TwoServers + "virt 1/service 80 / pbind clientip norport\nvirt 1/service 81 / pbind clientip norport\n");
        int[] same = [.. Enumerable.Range(0, 10).Select(client => across.Open(client) - across.Open(client, service: 81))];

        Assert.Contains(pairs, difference => difference != 0);
        Assert.All(same, difference => Assert.Equal(0, difference));
    }

    [Theory]
    [InlineData(false, 24)]
    [InlineData(true, 64)]
    public void Pmask_binds_a_network_as_one_client(bool isV6, int bits)
    {
        using var farm = new ServerFarm(isV6, Sticky + $"virt 1/service 80 / pmask {bits}\n");

        int[] one = [.. Enumerable.Range(1, 20).Select(host => farm.Open(3, host: host))];
        int[] others = [.. Enumerable.Range(10, 20).Select(client => farm.Open(client))];

        Assert.Single(one.Distinct());
        Assert.Equal(2, others.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_whose_server_failed_gets_another_and_stays_with_it(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        Assert.Equal(1, farm.Open(1, udp: true));

        farm.Fail(1);
        Assert.Equal(2, farm.Open(1, 2001));
        farm.Restore(1);

        Assert.Equal(2, farm.Open(1, 2002));
        Assert.Equal(2, farm.Open(1, 2003));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kept_session_of_a_failed_server_does_not_call_its_client_back(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky + "adv / grace ena\n");
        Assert.Equal(1, farm.Open(1));
        farm.Fail(1);
        Assert.Equal(2, farm.Open(1, 2001));
        Assert.Equal(1, farm.RealOf(1));
        farm.Restore(1);
        farm.Wait(20);
        farm.Reset(1);
        farm.Wait(6); // The old session has ended; the client has been with the other server since.

        Assert.Equal(2, farm.Open(1, 2002));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_server_passes_its_client_on(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky + "real 1 / maxcon 2\n");
        Assert.Equal(1, farm.Open(1));
        Assert.Equal(1, farm.Open(1, 2001));

        Assert.Equal(2, farm.Open(1, 2002));
        Assert.Equal(2, farm.Open(1, 2003));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Drain_n_takes_no_new_sessions_of_bound_clients_either(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        Assert.Equal(1, farm.Open(1));

        farm.Control.SetDrain(1, DrainMode.NoNew);

        Assert.Equal(2, farm.Open(1, 2001));
        Assert.All(Enumerable.Range(10, 10), client => Assert.Equal(2, farm.Open(client)));
        Assert.Equal(1, farm.RealOf(1));
        farm.Control.SetDrain(1, DrainMode.None);
        Assert.Contains(1, Enumerable.Range(30, 2).Select(client => farm.Open(client)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Drain_p_takes_new_sessions_of_bound_clients_only(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        Assert.Equal(1, farm.Open(1));

        farm.Control.SetDrain(1, DrainMode.Persistent);

        Assert.Equal(1, farm.Open(1, 2001));
        Assert.All(Enumerable.Range(10, 10), client => Assert.Equal(2, farm.Open(client)));
        Assert.Equal(1, farm.Open(1, 2002));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_server_of_weight_zero_takes_no_new_sessions_of_bound_clients(bool isV6)
    {
        using var farm = new ServerFarm(isV6, Sticky);
        Assert.Equal(1, farm.Open(1));

        farm.Apply(Sticky + "real 1 / weight 0\n");

        Assert.Equal(2, farm.Open(1, 2001));
        Assert.Equal(1, farm.RealOf(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bound_client_leaves_the_stand_in_when_the_primary_is_back(bool isV6)
    {
        using var farm = new ServerFarm(isV6, """
            real 1 / rip $1 / ena / backup r9
            real 9 / rip $9 / ena
            group 1 / add 1
            virt 1 / vip $v / ena
            virt 1/service 80 / pbind clientip
            """);
        farm.Fail(1);
        Assert.Equal(9, farm.Open(1));
        Assert.Equal(9, farm.Open(1, 2001));

        farm.Restore(1);

        Assert.Equal(1, farm.Open(1, 2002));
        Assert.Equal(9, farm.RealOf(1));
    }
}
