// A runner that lets everything pass proves nothing: each of these scenarios is wrong in one way, and must fail at the right line with the right words.

using Xunit;

namespace PacketSwitch.Tests.Scenarios;

public class ScenarioRunnerTests
{
    private const string Head = "config one-server.cfg\n";
    private const string Syn = "client > 10.0.0.1:1025 > 10.1.1.100:80 tcp S\n";
    private const string SynOut = "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S\n";

    [Theory]
    [InlineData(Syn, "at the end a frame left that no line expects")]
    [InlineData(Syn + "nothing\n", "x.scn:3: before this line a frame left that no line expects")]
    [InlineData(Syn + SynOut + SynOut, "x.scn:4: expected on port 1")]
    [InlineData(Syn + "client < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S\n", "x.scn:3: expected on port 8")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8081 tcp S\n", "target port is 8080, expected 8081")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.12:8080 tcp S\n", "target is 10.2.0.11, expected 10.2.0.12")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp SA\n", "flags is S, expected SA")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 udp\n", "kind is tcp, expected udp")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S seq 999\n", "seq is 1000, expected 999")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S ttl 63\n", "ttl is 64, expected 63")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S vlan 10\n", "vlan is none, expected 10")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > 10.2.0.11:8080 tcp S mac switch > host-a\n", "target mac is 0a:00:0a:02:00:0b")]
    [InlineData(Syn + SynOut + "expect sessions 2\n", "x.scn:4: sessions is 1, expected 2")]
    [InlineData(Syn + SynOut + "expect real 1 sessions 0\n", "real 1 is 1, expected 0")]
    [InlineData("client > 10.0.0.1:1025 > 10.1.1.100:81 tcp S\n", "was: drop incorrect-vport")]
    [InlineData("client > 10.0.0.1:1025 > 10.1.1.100:81 tcp S drop no-real\n", "was: drop incorrect-vport")]
    [InlineData("client > 10.0.0.1:1025 > 10.1.1.100:80 tcp S pass session\n" + SynOut, "was: pass new")]
    [InlineData("client > 10.0.0.1:1025 > 10.1.1.100:80 tcp X\n", "'X' are no TCP flags")]
    [InlineData("client > 10.0.0.1:1025 > 10.1.1.100:80 tcp S speed 9\n", "'speed' is not understood here")]
    [InlineData("9 > 10.0.0.1:1025 > 10.1.1.100:80 tcp S\n", "'9' is no port of the configuration")]
    [InlineData("jump 3\n", "x.scn:2: 'jump 3' is not understood")]
    [InlineData("connect 10.0.0.1:1025 > 10.1.1.100:80 by 10.2.0.12:8080\n", "x.scn:2: expected on port 1")]
    [InlineData("real 1 failed\n" + Syn, "was: drop no-real")]
    [InlineData("real 1 failed\nreal 1 up\n" + Syn, "at the end a frame left that no line expects")]
    [InlineData("real 10.2.0.11 failed\n" + Syn, "was: drop no-real")]
    [InlineData("real 10.2.0.12 failed\n", "'10.2.0.12' is no real server")]
    [InlineData("real 1 gone\n", "'real 1 gone' is not understood")]
    [InlineData("drain 1 n\n" + Syn, "was: drop no-real")]
    [InlineData("drain 1 x\n", "'drain 1 x' is not understood")]
    [InlineData("responses 1\n", "no time follows '1'")]
    [InlineData("responses 1 10\n", "'10' is no time such as 2.5s")]
    [InlineData("apply\n  /c/slb/real 1/dis\n" + Syn, "was: drop no-real")]
    [InlineData("apply\n  /c/slb/real 1/rip 10.2\n" + Syn, "the configuration is wrong")]
    [InlineData(Syn + "server < 10.0.0.1:$port > $real:8081 tcp S\n", "target port is 8080, expected 8081")]
    [InlineData(Syn + "server < 10.0.0.1:1025 > $r:8080 tcp S\nserver < 10.0.0.1:1025 > $r:80 tcp S\n", "x.scn:4: expected on port 1")]
    [InlineData(Syn + SynOut + "expect sesions 1\n", "'sesions' is no figure")]
    [InlineData(Syn + SynOut + "expect real 1 weight 1\n", "'real weight' is no figure")]
    [InlineData(Syn + SynOut + "expect dropped luck 0\n", "'luck' is no drop reason")]
    public void A_wrong_scenario_fails_and_says_where(string lines, string message)
    {
        Scenario scenario = Scenario.Parse("x.scn", (Head + lines).Split('\n'), 4);
        using var runner = new ScenarioRunner(scenario);

        var failure = Assert.Throws<ScenarioException>(runner.Run);

        Assert.Contains(message, failure.Message);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_line_of_one_family_is_passed_over_in_the_other_with_what_is_indented_below_it(int ipVersion)
    {
        string other = ipVersion == 4 ? "[6]" : "[4]";

        Scenario scenario = Scenario.Parse("x.scn",
            ["config one-server.cfg", $"{other} apply", "  /c/slb/real 1/nonsense", "nothing"], ipVersion);

        Assert.Equal("nothing", Assert.Single(scenario.Steps).Text);
        Assert.Equal(1, scenario.ReadConfig(scenario.Steps[0]).Reals.Single().Weight);
    }

    [Fact]
    public void Lines_of_apply_add_up_and_hold_from_their_place_on()
    {
        Scenario scenario = Scenario.Parse("x.scn", """
            config one-server.cfg
            apply
              /c/slb/real 1/weight 5
            apply
              /c/slb/real 1/maxcon 7
            """.Split('\n'), 4);

        (int, int)[] values = [.. new[] { null, scenario.Steps[0], scenario.Steps[1] }
            .Select(step => scenario.ReadConfig(step).Reals.Single()).Select(real => (real.Weight, real.MaxConnections))];

        Assert.Equal([(1, 200_000), (5, 200_000), (5, 7)], values);
    }

    [Fact]
    public void Addresses_ports_and_masks_are_mapped_to_the_other_family()
    {
        Assert.Equal(
            "client > [fd00::a00:1]:1025 > [fd00::a01:164]:80 tcp S seq 5",
            FamilyMap.Line("client > 10.0.0.1:1025 > 10.1.1.100:80 tcp S seq 5"));
        Assert.Equal("arp who-has fd00::a01:164 tell fd00::a00:1", FamilyMap.Line("arp who-has 10.1.1.100 tell 10.0.0.1"));
        Assert.Equal("/c/l3/if 1/addr fd00::a02:1/mask 120", FamilyMap.ConfigLine("/c/l3/if 1/addr 10.2.0.1/mask 255.255.255.0"));
        Assert.Equal("at 2.5s", FamilyMap.Line("at 2.5s"));
    }

    [Fact]
    public void A_frame_that_was_spoiled_on_its_way_is_none_that_entered()
    {
        byte[] syn = Wire.WireFrames.TcpSynV4();
        var origins = new FrameOrigins();
        origins.Entered(syn);
        byte[] otherAddress = [.. syn];
        otherAddress[30] ^= 1;
        byte[] otherTtl = [.. syn];
        otherTtl[22] ^= 1;
        byte[] otherSequence = [.. syn];
        otherSequence[38] ^= 1;

        Assert.Equal(FrameOrigin.Bridged, origins.Of(syn));
        Assert.Equal(FrameOrigin.Rewritten, origins.Of(otherAddress));
        Assert.Equal(FrameOrigin.Made, origins.Of(otherTtl));
        Assert.Equal(FrameOrigin.Made, origins.Of(otherSequence));
    }
}
