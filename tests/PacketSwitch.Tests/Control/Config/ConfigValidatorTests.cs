// What a configuration means: findings that the broken files do not show, and the quiet of a good
// one.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class ConfigValidatorTests
{
    private const string Sample = """
        # PacketSwitch configuration 1        (same words as the shell; "check" explains every line)

        sys
            name   lab-sw1
            web    127.0.0.1:8080             # dashboard, API, /metrics; "off" to close

        port 8 / intf enp1s0 / client ena     # towards clients   (the seed's port 8)
        port 1 / intf enp2s0 / server ena     # towards servers   (the seed's port 1)

        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena      # the switch's own address
        gw 1 / addr 192.0.2.1 / ena

        real 1
            name   web1
            rip    192.0.2.5
            weight 1
            maxcon 20000
            inter  2                          # seconds between checks (default)
            retry  4                          # failed checks until FAILED (default)
            ena
        real 2 / name web2 / rip 192.0.2.6 / ena
        real 3 / name web3 / rip 192.0.2.7 / ena
        real 9 / name sorry / rip 192.0.2.99 / ena

        group 1
            name   webfarm
            metric leastconns                 # leastconns | roundrobin | hash | phash | minmisses
            health tcp                        # tcp | icmp | arp | http | udp | none
            add 1
            add 2
            add 3
            backup r9                         # used when every real in the group is down
            slowstr 30

        virt 1
            name   web
            vip    192.0.2.2
            ena
        virt 1/service 80 http
            group  1
            rport  8080
            pbind  clientip                   # sticky
            ptmout 10                         # minutes

        adv
            direct dis                        # DAM
            grace  dis

        slb on
        """;

    [Fact]
    public void The_documented_example_has_no_error_and_warns_of_later_words_only()
    {
        ParsedConfig parsed = Texts.Check(Sample, ConfigUse.Run);

        Assert.False(parsed.HasErrors);
        Assert.All(parsed.Problems, problem =>
            Assert.EndsWith("is not in effect yet", problem.Message, StringComparison.Ordinal));
        Assert.Equal("4 reals, 1 group, 1 virt with 1 service, 2 ports, 1 if, 1 gw, slb on",
            ConfigSummary.Of(parsed.Config));
        Assert.Equal((8080, ClientBinding.ClientIp), (parsed.Config.Virts[0].Services[0].RealPort,
            parsed.Config.Virts[0].Services[0].Binding));
    }

    [Fact]
    public void A_vip_outside_every_interface_network_is_a_warning()
    {
        string[] warnings = Texts.Warnings(
            Sample.Replace("vip    192.0.2.2", "vip    198.51.100.200", StringComparison.Ordinal));

        Assert.Contains(
            "37:5: virt 1 vip 198.51.100.200 is outside every interface network "
            + "(if 1 is 192.0.2.0/24); clients there will not be answered by ARP", warnings);
    }

    [Fact]
    public void A_name_that_two_objects_share_is_a_warning()
    {
        string[] warnings = Texts.Warnings("""
            real 1 / name web / rip 192.0.2.5 / ena
            real 2 / name Web / rip 192.0.2.6 / ena
            group 1 / name web / add 1
            """);

        Assert.Equal(
            ["2:10: real 2 has the same name as real 1, 'Web'; commands that say it mean real 1"],
            warnings);
    }

    [Fact]
    public void An_ipv6_network_is_named_by_its_prefix()
    {
        string[] warnings = Texts.Warnings("""
            if 1 / addr 2001:db8:1::4 / mask 64 / ena
            gw 1 / addr 2001:db8:2::1 / ena
            """);

        Assert.Equal(
            ["2:8: gw 1 addr 2001:db8:2::1 is outside every interface network "
            + "(if 1 is 2001:db8:1::/64); it cannot be reached"], warnings);
    }

    [Theory]
    [InlineData(ConfigUse.Check, 0, 1)]
    [InlineData(ConfigUse.Run, 1, 0)]
    [InlineData(ConfigUse.Replay, 0, 0)]
    public void A_port_without_interface_is_as_bad_as_what_it_is_for(
        ConfigUse use, int errors, int warnings)
    {
        const string Text = "port 1 / client ena / server ena";

        Assert.Equal(errors, Texts.Errors(Text, use).Length);
        Assert.Equal(warnings, Texts.Warnings(Text, use).Length);
    }

    [Fact]
    public void An_interface_given_on_the_command_line_counts()
    {
        SwitchConfig config = Texts.Read("port 1 / client ena / server ena");

        SwitchConfig? given = config.WithPortInterface(1, "eth0");

        Assert.NotNull(given);
        Assert.Empty(ConfigValidator.Validate(given, ConfigUse.Run));
        Assert.Null(config.WithPortInterface(2, "eth0"));
    }

    [Fact]
    public void Running_needs_a_port() =>
        Assert.Equal(
            ["0:0: no port is configured; add: port 1 / intf NAME / client ena / server ena"],
            Texts.Errors("slb on", ConfigUse.Run));

    [Theory]
    [InlineData("group 1 / backup g1", "group 1 is its own backup")]
    [InlineData("real 1 / backup r2\nreal 2 / rip 2001:db8::2 / ena",
        "real 1 has the backup real 2, which has an address of the other family: it can never stand in")]
    [InlineData("group 1 / add 1", "real 1 is in group 1 already")]
    [InlineData("group 1 / rem 2", "real 2 is not in group 1")]
    [InlineData("group 2 / name empty", "group 2 has no real servers; add: add NUMBER")]
    [InlineData("virt 1 / vip 192.0.2.2", "virt 1 is not enabled; add: ena")]
    [InlineData("virt 1 / vip 192.0.2.2", "virt 1 has no service; add: service PORT")]
    [InlineData("virt 1 / vip 192.0.2.2", "slb is off: the switch only bridges; add: slb on")]
    [InlineData("virt 1 / service 21",
        "virt 1 service 21: FTP in active mode is not followed yet; "
        + "data connections go to no real server")]
    [InlineData("port 1 / intf eth0",
        "port 1 is neither client nor server: it only bridges; add: client ena or server ena")]
    [InlineData("port 1 / client ena / virt 1",
        "no port is a server port: no real server is reached; add: server ena")]
    [InlineData("real 2 / rip 192.0.2.5 / ena", "real 2 has the same rip as real 1")]
    [InlineData("real 2 / rip 192.0.2.6", "real 2 is not enabled; add: ena")]
    [InlineData("real 2 / backup r2", "real 2 is its own backup")]
    [InlineData("if 1 / addr 192.0.2.4", "if 1 is not enabled; add: ena")]
    public void A_doubtful_meaning_is_a_warning(string line, string warning)
    {
        ParsedConfig parsed = Texts.Check(
            $"real 1 / rip 192.0.2.5 / weight 3 / ena\ngroup 1 / add 1\n{line}\n");

        Assert.Contains(
            warning, parsed.Problems.Where(problem => !problem.IsError).Select(p => p.Message));
    }

    [Fact]
    public void Hash_counts_weights_and_so_gives_no_warning() =>
        Assert.Empty(Texts.Warnings("""
            real 1 / rip 192.0.2.5 / weight 3 / ena
            group 1 / add 1 / metric hash
            """));

    [Fact]
    public void A_disabled_object_is_no_warning_if_dis_is_said() =>
        Assert.Empty(Texts.Warnings("real 1 / rip 192.0.2.5 / dis\ngw 1 / addr 192.0.2.1 / dis"));

    [Fact]
    public void The_same_vip_may_serve_tcp_and_udp_apart() =>
        Assert.Empty(Texts.Errors("""
            real 1 / rip 192.0.2.5 / ena
            group 1 / add 1
            virt 1 / vip 192.0.2.2 / ena / service 53 / protocol tcp
            virt 2 / vip 192.0.2.2 / ena / service 53 / protocol udp
            """));

    [Fact]
    public void A_thousand_servers_in_a_hundred_groups_are_judged_quickly()
    {
        var reals = new SwitchConfig
        {
            Reals = [.. Enumerable.Range(1, 1_000).Select(id => new RealConfig(id)
            {
                Address = IpAddress.From(new Ipv4Address(0x0a000000u + (uint)id)),
                Enabled = true,
            })],
            Groups = [.. Enumerable.Range(1, 100)
                .Select(id => new GroupConfig(id) { Members = [.. Enumerable.Range(1, 1_000)] })],
        };

        Assert.Empty(ConfigValidator.Validate(reals, ConfigUse.Check));
    }
}
