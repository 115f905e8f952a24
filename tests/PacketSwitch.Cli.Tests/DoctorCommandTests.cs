// `packetswitch doctor` as a person meets it: what its lines, its script and its JSON look like, and its exit codes. That it finds
// real faults, and that its cures cure them, is tested in the lab.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class DoctorCommandTests : TestFolder
{
    private const string TwoPorts = """
        port 1 / intf port1 / server ena
        port 8 / intf port8 / client ena
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        real 1 / name web1 / rip 192.0.2.5 / ena
        group 1 / health none / add 1
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80 / group 1
        slb on

        """;

    [SkippableFact]
    public void Every_line_says_how_bad_it_is_which_check_and_why_with_the_cure_below()
    {
        using NetworkNamespace place = TwoPairs();
        place.Run("ip", "link", "set", "port1", "down");

        Finished doctor = Doctor(place).ShouldExit(1);

        Assert.Contains("ok    capabilities      CAP_NET_RAW, CAP_NET_ADMIN", doctor.OutputLines);
        int line = Array.IndexOf(
            doctor.OutputLines,
            "FAIL  ports             port 1: port1 is down; the switch never sets it up by itself");
        Assert.True(line > 0, doctor.Output);
        Assert.Equal("        fix: ip link set dev port1 up", doctor.OutputLines[line + 1]);
        Assert.Equal("1 problem, 0 warnings", doctor.OutputLines[^1]);
    }

    [SkippableFact]
    public void The_script_of_cures_runs_here_and_leaves_other_hosts_to_comments()
    {
        using NetworkNamespace place = TwoPairs();
        place.Run("ip", "link", "set", "port1", "mtu", "1400");

        string[] script = Doctor(place, "--fix-print").ShouldExit(1).OutputLines;

        Assert.Contains(
            "a client's full packet to a VIP does not fit on the way to the real servers",
            Doctor(place).ShouldExit(1).Output);
        Assert.Equal("ip link set dev port1 mtu 1500", Assert.Single(script, line => !line.StartsWith('#')));
        Assert.Contains(
            "# fix on real 1 web1: ip address replace 192.0.2.5/24 dev eth0 && ip link set dev eth0 up", script);
    }

    [SkippableFact]
    public void The_same_is_there_as_json()
    {
        using NetworkNamespace place = TwoPairs();

        JsonNode doctor = JsonNode.Parse(Doctor(place, "--json").ShouldExit(1).Output)!;

        Assert.Equal(1, (int)doctor["schema"]!);
        JsonNode real = Assert.Single(doctor["findings"]!.AsArray(), item => (string?)item!["check"] == "reals")!;
        Assert.Equal("fail", (string?)real["level"]);
        Assert.Equal("real 1 web1", (string?)real["fixes"]![0]!["on"]);
        Assert.Equal(1, (int)doctor["problems"]!);
    }

    [SkippableFact]
    public void An_interface_that_is_missing_is_told_with_those_that_are_there()
    {
        using NetworkNamespace place = TwoPairs();
        place.Run("ip", "link", "set", "port8", "name", "enp9s0");

        Finished doctor = Doctor(place).ShouldExit(1);

        Assert.Contains("port 8: there is no interface port8; say another in the configuration", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("enp9s0", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_with_an_error_is_not_examined()
    {
        string file = Write("switch.cfg", "real 1 / rip 192.0.2.5 / wieght 2\n");

        Finished doctor = Executable.Run("doctor", "-c", file).ShouldExit(3);

        Assert.Contains("did you mean 'weight'?", doctor.Errors, StringComparison.Ordinal);
        Assert.Empty(doctor.Output);
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_a_matter_of_usage() =>
        Executable.Run("doctor", "-c", At("nowhere.cfg")).ShouldExit(2);

    private static NetworkNamespace TwoPairs()
    {
        var place = new NetworkNamespace();
        place.AddPair("port1", "wire1");
        place.AddPair("port8", "wire8");
        // What a new namespace has of these is the machine's own setting.
        place.Run("sh", "-c", "sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 "
            + "net.ipv4.conf.port1.rp_filter=0 net.ipv4.conf.port8.rp_filter=0");
        return place;
    }

    private Finished Doctor(NetworkNamespace place, params string[] words) => Executable.RunCommand(
        place.Inside([.. Executable.Command, "doctor", "-c", Write("switch.cfg", TwoPorts), .. words]));
}
