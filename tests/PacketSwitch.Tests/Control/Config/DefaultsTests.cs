// Every default of an object that says nothing, as the original has it.

using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class DefaultsTests
{
    private const string Everything = """
        /c/sys
            name ""
            web off
            sessions 1048576
            offload ena
        /c/l3/if 1
            vlan 0
            dis
        /c/l3/gw 1
            dis
        /c/slb/port 1
            cpu any
            loops 1
            client dis
            server dis
        /c/slb/adv
            direct dis
            grace dis
            fastage 0
            slowage 0
            profile alteon
        /c/slb/real 1
            name ""
            weight 1
            maxcon 200000
            tmout 10
            backup none
            inter 2
            retry 4
            restr 1
            health inherit
            preempt ena
            overflow ena
            dis
        /c/slb/group 1
            name ""
            metric leastconns
            health tcp
            content /
            backup none
            slowstr 0
            mhash 24
            realthr 0
            viphlth ena
            passive dis
        /c/slb/virt 1
            vname ""
            layr3 dis
            creset dis
            dis
        /c/slb/virt 1/service 8080
            group 1
            rport 0
            protocol tcp
            nonat dis
            pip off
            pbind off
            ptmout 10
            tmout 0
            thash sip
            clsrst ena
        /c/slb
            off

        """;

    [Fact]
    public void An_object_that_says_nothing_has_every_default()
    {
        SwitchConfig config = Texts.Read(
            "real 1\ngroup 1\nvirt 1/service 8080\nport 1\nif 1\ngw 1\n");

        Assert.Equal(Everything, ConfigWriter.Write(config, defaults: true));
    }

    [Fact]
    public void Nothing_said_by_default_is_ever_a_warning_about_effect()
    {
        ParsedConfig parsed = Texts.Check("""
            real 1 / rip 192.0.2.5 / ena
            group 1 / add 1
            virt 1 / vip 192.0.2.2 / ena / service 80
            slb on
            """);

        Assert.Empty(parsed.Problems);
    }
}
