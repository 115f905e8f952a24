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
    public void A_wrong_scenario_fails_and_says_where(string lines, string message)
    {
        Scenario scenario = Scenario.Parse("x.scn", (Head + lines).Split('\n'), 4);
        using var runner = new ScenarioRunner(scenario);

        var failure = Assert.Throws<ScenarioException>(runner.Run);

        Assert.Contains(message, failure.Message);
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
