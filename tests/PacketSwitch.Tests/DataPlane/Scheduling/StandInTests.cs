// Who serves when a server is full, down or drained: maxcon, overflow, the backups of real servers and groups, preempt. Both address families.

using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

public sealed class StandInTests
{
    private const string Service = """

        virt 1 / vip $v / ena
        virt 1/service 80 / protocol both

        """;

    private const string WithBackup = """
        real 1 / rip $1 / ena / backup r9
        real 2 / rip $2 / ena
        real 9 / rip $9 / ena
        group 1 / metric rr / add 1 / add 2
        """ + Service;

    [Theory]
    [InlineData("leastconns", false)]
    [InlineData("roundrobin", false)]
    [InlineData("phash", true)]
    [InlineData("minmisses", true)]
    [InlineData("svcleast", false)]
    public void A_full_server_gets_no_more(string metric, bool isV6)
    {
        using var farm = new ServerFarm(isV6, $"""
            real 1 / rip $1 / ena / maxcon 10
            real 2 / rip $2 / ena / maxcon 5
            group 1 / metric {metric} / add 1 / add 2
            """ + Service);

        int[] reals = [.. Enumerable.Range(0, 20).Select(client => farm.Open(client))];

        Assert.Equal([10, 5], farm.Loads(2));
        Assert.Equal(5, reals.Count(real => real == 0));
        Assert.Equal(5, farm.Counters.Dropped[(int)DropReason.NoReal]);
        farm.Reset(Array.IndexOf(reals, 2));
        farm.Wait(5);
        Assert.Equal(2, farm.Open(30));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_backup_of_a_full_server_takes_what_overflows(bool isV6)
    {
        using var farm = new ServerFarm(isV6, WithBackup + "real 1 / maxcon 3\nreal 2 / maxcon 4\n");

        int[] reals = [.. Enumerable.Range(0, 12).Select(client => farm.Open(client))];

        Assert.Equal([3, 4, 5], new[] { 1, 2, 9 }.Select(real => reals.Count(r => r == real)));
        farm.Reset(Array.IndexOf(reals, 1));
        farm.Wait(5);
        Assert.Equal(1, Enumerable.Range(20, 2).Count(client => farm.Open(client) == 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Overflow_dis_keeps_the_backup_out_of_it(bool isV6)
    {
        using var farm = new ServerFarm(isV6, WithBackup + "real 1 / maxcon 3 / overflow dis\nreal 2 / maxcon 4\n");

        int[] reals = [.. Enumerable.Range(0, 12).Select(client => farm.Open(client))];

        Assert.Equal([3, 4, 0], new[] { 1, 2, 9 }.Select(real => reals.Count(r => r == real)));
        farm.Fail(1);
        Assert.Equal(9, farm.Open(20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backup_stands_in_for_a_failed_server_until_it_is_back(bool isV6)
    {
        using var farm = new ServerFarm(isV6, WithBackup);
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(client => farm.Open(client)));

        farm.Fail(1);
        Assert.Equal([2, 2, 9, 9], Enumerable.Range(10, 4).Select(client => farm.Open(client)).Order());
        farm.Restore(1);

        Assert.Equal([1, 1, 2, 2], Enumerable.Range(20, 4).Select(client => farm.Open(client)).Order());
        Assert.Equal([9, 9], new[] { 10, 11, 12, 13 }.Select(client => farm.RealOf(client)).Where(real => real == 9));
    }

    [Theory]
    [InlineData("real 1 / dis\n")]
    [InlineData("real 1 / weight 0\n")]
    public void A_backup_stands_in_for_a_server_that_takes_no_new_sessions(string change)
    {
        using var farm = new ServerFarm(isV6: false, WithBackup);

        farm.Apply(WithBackup + change);

        Assert.Equal([2, 2, 9, 9], Enumerable.Range(10, 4).Select(client => farm.Open(client)).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_backup_of_a_failed_backup_stands_in(bool isV6)
    {
        using var farm = new ServerFarm(
            isV6, WithBackup + "real 8 / rip $8 / ena / backup r1\nreal 9 / backup r8\n");
        farm.Fail(1, 9);
        Assert.Equal([2, 8], Enumerable.Range(10, 2).Select(client => farm.Open(client)).Order());

        farm.Fail(1, 2, 8, 9);
        Assert.Equal(0, farm.Open(20)); // A circle of backups ends.
    }

    [Theory]
    [InlineData("r9", false)]
    [InlineData("r9", true)]
    [InlineData("g2", false)]
    [InlineData("g2", true)]
    public void The_backup_of_a_group_serves_when_no_member_can(string backup, bool isV6)
    {
        using var farm = new ServerFarm(isV6, $"""
            real 1 / rip $1 / ena / maxcon 2
            real 2 / rip $2 / ena / maxcon 2
            real 9 / rip $9 / ena
            group 1 / metric phash / add 1 / add 2 / backup {backup}
            group 2 / add 9
            """ + Service);
        int[] reals = [.. Enumerable.Range(0, 6).Select(client => farm.Open(client))];
        Assert.Equal([1, 1, 2, 2, 9, 9], reals.Order());

        farm.Wait(31);
        farm.Fail(1);
        Assert.Equal(2, farm.Open(20));
        farm.Fail(2);
        Assert.Equal(9, farm.Open(21));
        Assert.True(farm.Control.Cell.Current.VirtualServers.Values.Single().InService);
        farm.Restore(1);
        Assert.Equal(1, farm.Open(22));
        farm.Fail(1, 9);
        Assert.Equal(0, farm.Open(23));
        Assert.False(farm.Control.Cell.Current.VirtualServers.Values.Single().InService);
    }

    [Fact]
    public void Groups_that_are_each_other_s_backup_end()
    {
        using var farm = new ServerFarm(isV6: false, """
            real 1 / rip $1 / ena
            real 2 / rip $2 / ena
            group 1 / add 1 / backup g2
            group 2 / add 2 / backup g1
            """ + Service);
        farm.Fail(1);
        Assert.Equal(2, farm.Open(1));

        farm.Fail(1, 2);

        Assert.Equal(0, farm.Open(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_preempt_dis_the_backup_keeps_the_service_until_it_fails(bool isV6)
    {
        using var farm = new ServerFarm(isV6, WithBackup + "real 1 / preempt dis\n");
        farm.Fail(1);
        farm.Restore(1);
        Assert.Equal([2, 2, 9, 9], Enumerable.Range(10, 4).Select(client => farm.Open(client)).Order());

        farm.Fail(9);
        Assert.Equal([1, 1, 2, 2], Enumerable.Range(20, 4).Select(client => farm.Open(client)).Order());
        farm.Restore(9);

        Assert.Equal([1, 1, 2, 2], Enumerable.Range(30, 4).Select(client => farm.Open(client)).Order());
    }

    [Fact]
    public void A_primary_that_has_never_been_up_is_not_preempted_by_its_backup()
    {
        // At start every server waits for its first check, and the backup's may come first.
        using var farm = new ServerFarm(isV6: false, WithBackup + "real 1 / preempt dis / dis\n");
        Assert.Equal([2, 9], Enumerable.Range(0, 2).Select(client => farm.Open(client)).Order());

        farm.Apply(WithBackup + "real 1 / preempt dis\n");

        Assert.Equal([1, 2], Enumerable.Range(10, 2).Select(client => farm.Open(client)).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_datagram_of_a_failed_server_s_flow_opens_a_session_with_another(bool isV6)
    {
        using var farm = new ServerFarm(isV6, WithBackup);
        Assert.Equal(1, farm.Open(1, udp: true));

        farm.Fail(1);

        Assert.NotInRange(farm.SendAgain(1), 0, 1);
        farm.AssertCountsAreTrue();
    }

    [Fact]
    public void Frames_of_a_stand_in_without_a_session_do_not_leave()
    {
        using var farm = new ServerFarm(isV6: false, WithBackup);

        Assert.Equal(
            [1, 2, 9],
            farm.Control.Cell.Current.BalancedPorts.Values.Select(real => (int)real.Id).Distinct().Order());
    }
}
