// explain of frames that no virtual server balances: bridged, routed, in fragments, ICMP errors,
// and those to the switch itself. Each names what decided and, where there is one, the line behind
// it.

using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class ExplainForwardingTests : TestFolder
{
    private static readonly string Drops =
        Path.Combine(Path.GetDirectoryName(ThreeClients.Config)!, "drops");

    [Theory]
    [InlineData("no-route", "route     no-route    198.51.100.1 is on no network of an if")]
    [InlineData("no-arp", "wait      held        for the MAC of 192.0.2.50")]
    [InlineData("same-port", "bridge    same port   02:00:00:00:01:02 was last seen on port 8")]
    [InlineData("bridge-loop", "bridge    flood       ff:ff:ff:ff:ff:ff is a group's")]
    [InlineData("fragment-timeout", "fragment  later       of datagram 0x0007, at byte 64")]
    [InlineData("fragment-timeout", "wait      held        for the first fragment")]
    [InlineData("fragment-duplicate", "fragment  first       of datagram 0x0007")]
    [InlineData("punt-full", "own       arp         192.0.2.2 is the address of virt 1 (web)")]
    public void A_frame_that_is_not_balanced_says_what_decided(string reason, string step)
    {
        Finished explained = Executable.Run("explain", "--in",
            $"8={Path.Combine(Drops, $"{reason}.8.pcap")}", "-c", ConfigOf(reason)).ShouldExit(0);

        Assert.Contains(step, explained.Output);
    }

    [Fact]
    public void The_way_to_a_gateway_names_its_line()
    {
        string config = Write("gw.cfg", """
            port 8 / client ena
            port 1 / server ena
            if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
            gw 1 / addr 192.0.2.254 / ena
            slb on
            """);

        Finished explained = Executable.Run("explain", "tcp", "192.0.2.101:40000",
            "198.51.100.1:80", "-c", config).ShouldExit(0);

        Assert.Matches(@"for the MAC of 192\.0\.2\.254, gw 1 .*gw\.cfg:4\n", explained.Output);
        Assert.Contains("arp who-has 192.0.2.254 tell 192.0.2.4 60 bytes", explained.Output);
    }

    [Fact]
    public void A_flow_to_a_host_that_is_not_known_asks_for_it_and_waits()
    {
        string config = Write("if.cfg", """
            port 8 / client ena
            port 1 / server ena
            if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
            if 2 / addr 2001:db8::4 / mask 64 / ena
            slb on
            """);

        Finished four = Executable.Run("explain", "tcp", "198.51.100.7:40000", "192.0.2.50:22",
            "-c", config).ShouldExit(0);
        Finished six = Executable.Run("explain", "udp", "[2001:db8:1::7]:40000",
            "[2001:db8::50]:22", "-c", config, "--json").ShouldExit(0);

        Assert.Contains("route     hop         192.0.2.50 is on the network of if 1", four.Output);
        Assert.Contains("wait      held        for the MAC of 192.0.2.50, on the network of an "
            + "interface", four.Output);
        Assert.Contains("ask       port 8      arp who-has 192.0.2.50 tell 192.0.2.4 60 bytes",
            four.Output);
        Assert.Contains("ask       port 1      arp who-has 192.0.2.50 tell 192.0.2.4 60 bytes",
            four.Output);
        Assert.EndsWith("HELD: the switch asks for the MAC of 192.0.2.50, and the frame waits for "
            + "the answer: it goes there as soon as it comes, and is dropped (no-arp) when none "
            + "comes in three seconds\n", four.Output);
        Assert.Equal(("held", "no-arp"),
            ((string?)six.Json()["verdict"], (string?)six.Json()["reason"]));
        Assert.Contains("the MAC of 2001:db8::50", (string?)six.Json()["conclusion"]);
    }

    [Fact]
    public void An_icmp_error_names_the_packet_that_it_is_about()
    {
        string errors = At("errors.pcap");
        Executable.Run("replay", "--in", $"8={Path.Combine(Drops, "no-route.8.pcap")}",
            "--out", $"8={errors}", "-c", ConfigOf("no-route")).ShouldExit(0);

        Finished explained = Executable.Run(
            "explain", errors, "-c", ConfigOf("no-route"), "--filter", "icmp").ShouldExit(0);

        Assert.Contains(
            "icmp      error       about 192.0.2.101:40000 > 198.51.100.1:80 tcp",
            explained.Output);
    }

    [Theory]
    [InlineData("udp", "192.0.2.101:68", "255.255.255.255:67", "ff:ff:ff:ff:ff:ff")]
    [InlineData("udp", "192.0.2.101:5353", "224.0.0.251:5353", "01:00:5e:00:00:fb")]
    [InlineData("udp", "[2001:db8::1]:5353", "[ff02::fb]:5353", "33:33:00:00:00:fb")]
    public void A_flow_to_many_is_sent_to_their_mac_and_flooded(
        string protocol, string source, string destination, string mac)
    {
        Finished explained = Executable.Run(
            "explain", protocol, source, destination, "-c", ThreeClients.Config).ShouldExit(0);

        Assert.Contains($"{mac} is a group's: to every other port", explained.Output);
        Assert.Contains("FORWARDED", explained.Output);
    }

    [Fact]
    public void A_syn_at_a_port_that_is_no_client_port_names_the_port()
    {
        Finished explained = Executable.Run("explain", "tcp", "192.0.2.101:40000", "192.0.2.2:80",
            "--in-port", "1", "-c", ThreeClients.Config).ShouldExit(0);

        Assert.Matches(@"drop +no-session .*three-clients\.cfg:3\n", explained.Output);
        Assert.EndsWith("To allow: /c/slb/port 1/client ena\n", explained.Output);
    }

    private static string ConfigOf(string reason) => Path.Combine(Drops, $"{reason}.cfg");
}
