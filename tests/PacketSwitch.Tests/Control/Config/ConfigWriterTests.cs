// The canonical form, and the property that reading it gives back what was written.

using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class ConfigWriterTests
{
    private const int RandomConfigs = 500;

    [Fact]
    public void The_canonical_form_leaves_defaults_out()
    {
        SwitchConfig config = Texts.Read("""
            slb on
            virt 1 / name web / vip 192.0.2.2 / ena
            virt 1/service http / group 1 / udp ena / pbind clientip norport
            group 1 / add 2 / add 1 / metric lc / name "web farm" / backup 9
            group 1 / content /index.html 200
            real 2 / rip 2001:DB8:0:0::6 / en / weight 1
            real 1 / rip 192.0.2.5 / ena / tmout 5 / mac 02-00-00-00-00-0A
            port 8 / intf eth0 / client en
            if 1 / addr 192.0.2.4 / mask 24 / ena
            """);

        Assert.Equal("""
            /c/l3/if 1
                addr 192.0.2.4
                mask 255.255.255.0
                ena
            /c/slb/port 8
                intf eth0
                client ena
            /c/slb/real 1
                rip 192.0.2.5
                mac 02:00:00:00:00:0a
                tmout 5
                ena
            /c/slb/real 2
                rip 2001:db8::6
                ena
            /c/slb/group 1
                name "web farm"
                content "/index.html 200"
                add 1
                add 2
                backup r9
            /c/slb/virt 1
                vname web
                vip 192.0.2.2
                ena
            /c/slb/virt 1/service 80 http
                protocol udp
                pbind clientip norport
            /c/slb
                on

            """, ConfigWriter.Write(config));
    }

    [Fact]
    public void Reading_what_was_written_gives_an_equal_configuration()
    {
        int seed = Environment.TickCount;
        for (int round = 0; round < RandomConfigs; round++)
        {
            SwitchConfig config = new RandomConfig(seed + round).Next();
            foreach (bool defaults in new[] { false, true })
            {
                string text = ConfigWriter.Write(config, defaults);
                ParsedConfig parsed = ConfigParser.Parse(text, "written.cfg");

                string errors = string.Join('\n', parsed.Problems.Where(problem => problem.IsError)
                    .Select(ProblemText.Render));
                Assert.True(errors.Length == 0, $"seed {seed + round}: {errors}");
                Assert.True(config.Equals(parsed.Config),
                    $"seed {seed + round}: differs after reading\n{text}");
                Assert.Equal(text, ConfigWriter.Write(parsed.Config, defaults));
            }
        }
    }

    [Fact]
    public void A_candidate_gives_back_the_configuration_it_started_from()
    {
        SwitchConfig config = new RandomConfig(4711).Next();

        Assert.Equal(config, ConfigCandidate.From(config).ToConfig());
    }
}
