// The grammar: blocks, stacking, abbreviations, aliases, comments, and what a word means where.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class ConfigParserTests
{
    [Fact]
    public void Indented_words_belong_to_the_block_above()
    {
        SwitchConfig config = Texts.Read("""
            real 1
                name   web1
                rip    192.0.2.5
                weight 3
                ena
            """);

        var expected = new RealConfig(1)
        {
            Name = "web1",
            Address = IpAddress.Parse("192.0.2.5"),
            Weight = 3,
            Enabled = true,
        };
        Assert.Equal(expected, Assert.Single(config.Reals));
    }

    [Theory]
    [InlineData("real 1/rip 192.0.2.5/name web1/ena")]
    [InlineData("real 1 / rip 192.0.2.5 / name web1 / ena")]
    [InlineData("/cfg/slb/real 1/rip 192.0.2.5/name web1/ena/apply/save")]
    [InlineData("/c/slb/real 1/rip 192.0.2.5/name web1/ena")]
    [InlineData("/slb/real 1/rip 192.0.2.5/name web1/ena")]
    [InlineData("/real 1/rip 192.0.2.5/name web1/ena/")]
    [InlineData("cfg/slb/re 1/ri 192.0.2.5/e/na web1")]
    [InlineData("REAL 1/RIP 192.0.2.5/Name web1/ENA")]
    [InlineData("real 1/rip 192.0.2.5/name \"web1\"/enable")]
    [InlineData("slb\nreal 1\nrip 192.0.2.5\nname web1\nen")]
    [InlineData("slb/real 1/../group 1/../real 1/rip 192.0.2.5/name web1/ena")]
    [InlineData("\uFEFFreal\u00a01\u00a0/\u3000rip 192.0.2.5 / name web1 / ena\u00a0")]
    public void The_same_object_may_be_written_in_many_ways(string text)
    {
        SwitchConfig config = Texts.Read(text);

        RealConfig real = Assert.Single(config.Reals);
        Assert.Equal("web1", real.Name);
        Assert.Equal(IpAddress.Parse("192.0.2.5"), real.Address);
        Assert.True(real.Enabled);
    }

    [Fact]
    public void A_slash_before_a_digit_is_part_of_the_value()
    {
        string[] errors = Texts.Errors("if 1/addr 10.0.0.0/8/ena");

        Assert.Equal(["1:11: addr must be an IPv4 or IPv6 address, not '10.0.0.0/8'; the mask is a "
            + "word of its own: addr 10.0.0.0 / mask 8"], errors);
    }

    [Theory]
    [InlineData("if 1 / addr 192.0.2.4 / mask 255.255.255.0")]
    [InlineData("/cfg/ip/if 1/addr 192.0.2.4/mask 24")]
    [InlineData("/cfg/l3/if 1/addr 192.0.2.4/mask /24")]
    public void An_interface_is_under_l3_and_under_ip(string text)
    {
        InterfaceConfig item = Assert.Single(Texts.Read(text).Interfaces);

        Assert.Equal(24, item.PrefixLength);
        Assert.True(item.Contains(IpAddress.Parse("192.0.2.200")));
        Assert.False(item.Contains(IpAddress.Parse("192.0.3.1")));
    }

    [Theory]
    [InlineData("leastconns", GroupMetric.LeastConnections)]
    [InlineData("leastconnection", GroupMetric.LeastConnections)]
    [InlineData("leastconn", GroupMetric.LeastConnections)]
    [InlineData("lc", GroupMetric.LeastConnections)]
    [InlineData("rr", GroupMetric.RoundRobin)]
    [InlineData("weighted", GroupMetric.RoundRobin)]
    [InlineData("sh", GroupMetric.Hash)]
    [InlineData("source", GroupMetric.Hash)]
    [InlineData("phash", GroupMetric.PersistentHash)]
    public void A_metric_has_aliases(string alias, GroupMetric metric)
    {
        Assert.Equal(metric, Texts.Read($"group 1/matric {alias}").Groups[0].Metric);
        Assert.Equal(metric, Texts.Read($"group 1/metric {alias}").Groups[0].Metric);
    }

    [Theory]
    [InlineData("protocol udp", ServiceProtocol.Udp)]
    [InlineData("udp ena", ServiceProtocol.Udp)]
    [InlineData("udp en", ServiceProtocol.Udp)]
    [InlineData("udp dis", ServiceProtocol.Tcp)]
    [InlineData("protocol both", ServiceProtocol.Both)]
    public void A_service_says_its_protocol(string words, ServiceProtocol protocol) =>
        Assert.Equal(
            protocol, Texts.Read($"virt 1/service 53/{words}").Virts[0].Services[0].Protocol);

    [Theory]
    [InlineData("service http", 80, "http")]
    [InlineData("service 80", 80, "http")]
    [InlineData("service 80 http", 80, "http")]
    [InlineData("service 8080 http", 8080, "http")]
    [InlineData("service 8080", 8080, "")]
    [InlineData("service ntp", 123, "ntp")]
    public void A_service_is_opened_by_number_or_name(string words, int port, string name)
    {
        ServiceConfig service = Assert.Single(
            Texts.Read($"virt 1/{words}/group 2").Virts[0].Services);

        Assert.Equal((port, name, 2), (service.Port, service.Name, service.Group));
    }

    [Fact]
    public void Group_in_a_service_is_its_group_and_not_the_menu()
    {
        SwitchConfig config = Texts.Read("""
            /cfg/slb/virt 1
            vip 192.0.2.2
            service http
            group 3
            rport 8080
            """);

        Assert.Empty(config.Groups);
        ServiceConfig service = Assert.Single(config.Virts[0].Services);
        Assert.Equal((3, 8080), (service.Group, service.RealPort));
    }

    [Theory]
    [InlineData("virt 1/service 80 http\n    rport 8080\ngroup 2\n    add 1\n")]
    [InlineData("virt 1/service 80 http / rport 8080\ngroup 2\n    add 1\n")]
    [InlineData("virt 1/service 80 http\n    rport 8080\ngroup 2 / add 1\n")]
    [InlineData("virt 1/service 80 http / rport 8080\ngroup 2 / add 1\n")]
    [InlineData("virt 1/service 80 http / rport 8080\n/group 2 / add 1\n")]
    public void Group_behind_a_service_block_opens_the_menu(string text)
    {
        SwitchConfig config = Texts.Read("real 1/rip 192.0.2.5\n" + text);

        Assert.Equal(1, config.Virts[0].Services[0].Group);
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal((2, 1), (group.Id, group.Members[0]));
    }

    [Fact]
    public void A_whole_word_of_the_root_wins_over_an_abbreviation_here()
    {
        SwitchConfig config = Texts.Read("group 1\nadd 1\nreal 7\nrip 192.0.2.5\n");

        Assert.Equal(0, config.Groups[0].RealThreshold);
        Assert.Equal(7, Assert.Single(config.Reals).Id);
    }

    [Fact]
    public void Nested_blocks_follow_their_indentation()
    {
        SwitchConfig config = Texts.Read("""
            virt 1
                vip 192.0.2.2
                service 80
                    group 2
                    rport 8080
                service 443
                    group 3
                ena
            virt 2
                vip 192.0.2.3
            """);

        Assert.Equal(2, config.Virts.Count);
        Assert.True(config.Virts[0].Enabled);
        Assert.Equal([(80, 2), (443, 3)], config.Virts[0].Services
            .Select(service => (service.Port, service.Group)));
    }

    [Fact]
    public void A_text_that_indents_everything_alike_reads_as_if_it_indented_nothing()
    {
        SwitchConfig config = Texts.Read(
            "    real 1\n    rip 192.0.2.5\n    ena\n    group 1\n    add 1\n");

        Assert.True(Assert.Single(config.Reals).Enabled);
        Assert.Equal([1], Assert.Single(config.Groups).Members);
    }

    [Theory]
    [InlineData("slb on", true)]
    [InlineData("slb/on", true)]
    [InlineData("/cfg/slb\non", true)]
    [InlineData("slb on\nslb off", false)]
    [InlineData("", false)]
    public void Slb_is_off_until_said(string text, bool on) =>
        Assert.Equal(on, Texts.Read(text).SlbOn);

    [Fact]
    public void Members_are_added_and_removed_by_number_and_by_name()
    {
        SwitchConfig config = Texts.Read("""
            real 1 / name web1
            real 2 / name web2
            group 1 / add web2 / add 1 3,4 / rem 4
            """);

        Assert.Equal([1, 2, 3], config.Groups[0].Members);
    }

    [Fact]
    public void A_defined_object_may_be_opened_by_its_name()
    {
        SwitchConfig config = Texts.Read(
            "real 4 / name web4 / rip 192.0.2.5\nreal web4 / weight 7");

        Assert.Equal(7, Assert.Single(config.Reals).Weight);
    }

    [Fact]
    public void Del_deletes_an_object_with_all_that_is_under_it()
    {
        SwitchConfig config = Texts.Read(
            "virt 1 / service 80 / rport 8080\nvirt 1/del\nvirt 1 / vip 192.0.2.2");

        Assert.Empty(Assert.Single(config.Virts).Services);
    }

    [Theory]
    [InlineData("name web1 # not this", "web1")]
    [InlineData("name web1\t; nor this", "web1")]
    [InlineData("name web1 /* nor this */", "web1")]
    [InlineData("name web farm 1", "web farm 1")]
    [InlineData("name web#1", "web#1")]
    [InlineData("name a;b", "a;b")]
    [InlineData("name a/b", "a/b")]
    [InlineData("name a/b/ena", "a/b")]
    [InlineData("name \"a / ena # no comment\"", "a / ena # no comment")]
    [InlineData("name \"say \\\"hi\\\" \\\\\"", "say \"hi\" \\")]
    [InlineData("name \"\"", "")]
    public void A_name_takes_the_rest_of_its_setting_or_quotes(string words, string name) =>
        Assert.Equal(name, Texts.Read($"real 1\n    {words}\n").Reals[0].Name);

    [Theory]
    [InlineData("content /index.html", "/index.html")]
    [InlineData("content /a/b/apply 200  # comment", "/a/b/apply 200")]
    [InlineData("content \"GET / HTTP/1.0\"", "GET / HTTP/1.0")]
    public void Content_takes_the_rest_of_the_line(string words, string content) =>
        Assert.Equal(content, Texts.Read($"group 1/{words}").Groups[0].Content);

    [Fact]
    public void Comments_stand_where_they_like()
    {
        SwitchConfig config = Texts.Read("""
            # a line
            ; another
            /* a third */
            /* over
               real 9
               lines */ real 1   /* here */ / rip 192.0.2.5 ; and here
                ena # "quotes" do not matter
            """);

        RealConfig real = Assert.Single(config.Reals);
        Assert.Equal((1, true), (real.Id, real.Enabled));
    }

    [Fact]
    public void An_alteon_dump_loads_with_its_frame()
    {
        SwitchConfig config = Texts.Read("""
            script start "Alteon Application Switch 2208" 4  /**** DO NOT EDIT THIS LINE!
            /* Configuration dump taken 11:21:31 Tue Jan 6, 2009
            /* Version 24.0.0,  Base MAC address 00:01:81:2e:a0:f0
            /c/l3/if 1
            	ena
            	addr 10.1.1.1
            	mask 255.255.255.0
            /c/slb
            	on
            /c/slb/real 1
            	ena
            	rip 10.1.1.10
            /c/slb/group 1
            	metric roundrobin
            	add 1
            /c/slb/virt 1
            	ena
            	vip 10.1.1.100
            	vname "web"
            /c/slb/virt 1/service http
            	group 1
            /
            script end  /**** DO NOT EDIT THIS LINE!
            """);

        Assert.True(config.SlbOn);
        Assert.Equal("web", config.Virts[0].Name);
        Assert.Equal(GroupMetric.RoundRobin, config.Groups[0].Metric);
        Assert.True(config.Interfaces[0].Enabled);
    }

    [Fact]
    public void Commands_stand_in_a_file_without_effect()
    {
        SwitchConfig config = Texts.Read("""
            real 1/rip 192.0.2.5
            apply
            cur
            cur /c/slb/real 1
            diff flash
            revert
            save
            /info/slb/dump
            /stats/slb/real 1
            /oper/slb/dis 1 n
            /maint/doctor
            real 1/ena/apply/save
            quit
            """);

        Assert.True(Assert.Single(config.Reals).Enabled);
    }

    [Fact]
    public void Every_object_and_word_remembers_its_line()
    {
        SwitchConfig config = Texts.Read("""
            real 1
                rip 192.0.2.5
            virt 1
                vip 192.0.2.2
            virt 1/service 80
                group 1
            group 1 / add 1
            """);

        Assert.Equal("test.cfg:1", config.Sources.Find("real 1").ToString());
        Assert.Equal("test.cfg:2", config.Sources.Find(config.Reals[0].Path, "rip").ToString());
        Assert.Equal("test.cfg:5", config.Sources.Find("virt 1/service 80").ToString());
        Assert.Equal("test.cfg:6",
            config.Sources.Find(config.Virts[0].Services[0].Path, "group").ToString());
        Assert.Equal(
            new SourceLocation("test.cfg", 7, 15, 1), config.Sources.Find("group 1", "add 1"));
        Assert.Equal("test.cfg:1", config.Sources.FindNearest("real 1", "weight").ToString());
        Assert.Null(config.Sources.Find("real 2"));
    }

    [Fact]
    public void A_value_said_twice_is_a_warning_that_names_the_first()
    {
        string[] warnings = Texts.Warnings("""
            real 1 / rip 192.0.2.5 / ena
            real 1 / rip 192.0.2.6 / ena
            """);

        Assert.Equal(["2:10: real 1 had 'rip 192.0.2.5' in line 1; this replaces it"], warnings);
    }

    [Fact]
    public void Words_of_many_features_are_kept_without_a_warning()
    {
        ParsedConfig parsed = Texts.Check("""
            real 1 / rip 192.0.2.5 / ena / inter 5
            group 1 / add 1 / health tcp / metric phash / realthr 3
            sys / web 127.0.0.1:8080
            """);

        Assert.Empty(parsed.Problems);
        Assert.Equal("127.0.0.1:8080", parsed.Config.System.Web);
        Assert.Equal(3, parsed.Config.Groups[0].RealThreshold);
        Assert.Equal(GroupMetric.PersistentHash, parsed.Config.Groups[0].Metric);
    }
}
