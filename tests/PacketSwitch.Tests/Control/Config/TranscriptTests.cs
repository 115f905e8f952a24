// Pasted transcripts load as they stand: the seed's walk-through, and one of the same shape that is
// always at hand.

using PacketSwitch.Commands;
using PacketSwitch.Control.Config;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class TranscriptTests
{
    // No-break spaces, bare and lying prompts, notes, a menu that asks for its number.
    private const string Transcript = """

        Main#
        Main# /cfg/l3 ; 스위치 주소...
        (또는 Main# /cfg/ip)
        Layer 3# if 1 ; 자체 주소
        IP Interface 1# addr 10.9.8.4 ; 주소 할당
        IP Interface 1# mask 255.255.255.0 ; (필요시)
        IP Interface 1# ena

        IP Interface 1# /cfg/l3/gw ; default gateway
        Enter default gateway number: (1-255) 1 [Enter] ; 번호
        Default gateway 1# addr 10.9.8.1
        Default gateway 1# ena

        Default gateway 1# /cfg/slb/real 1
        Real server 1# rip 10.9.8.5 ; 첫번째
        Real server 1# ena
        Real server 1# /cfg/slb/real 2
        Real server 2# rip 10.9.8.6
        Real server 2# ena

        Real server 2# /cfg/slb/group 1
        Real server group1# add 1
        Real server group1# add 2

        Real server group1# /cfg/slb/virt 1
        Virtual server 1# vip 10.9.8.2
        Virtual server 1# ena
        Virtual server 1# service http
        Virtual server 1 http Service# group 1
        (필요시 Virtual server 1 http Service# rport 8080 ; 매핑)

        Virtual server 1# /cfg/slb/port 1
        SLB port 1# server ena
        SLB port 1# /cfg/slb/port 2
        SLB port 2# server ena
        SLB port 8# /cfg/slb/port 8
        SLB port 8# client ena

        SLB port 8# /cfg/slb ; SLB 설정...
        Layer 4# on
        Layer 4# apply
        Layer 4# cur
        Layer 4# save
        Layer 4# /info/slb/dump
        """;

    [Fact]
    public void A_transcript_gives_the_configuration_it_describes()
    {
        ParsedConfig parsed = Texts.Check(
            Transcript.Replace("Main# /cfg", "Main#\u00a0/cfg", StringComparison.Ordinal));

        AssertWalkThrough(parsed, "10.9.8.");
    }

    [SkippableFact]
    public void The_walk_through_of_the_seed_loads_as_it_stands()
    {
        string? path = Texts.SeedFile("walkthrough.txt");
        Skip.If(
            path is null, "needs the seed's walkthrough.txt: set PACKETSWITCH_SEED to its folder");

        int exitCode = CheckCommand.Run([path!], json: false, TextWriter.Null, TextWriter.Null);

        Assert.Equal(0, exitCode);
        AssertWalkThrough(Texts.Check(File.ReadAllText(path!)), "1.2.3.");
    }

    [Theory]
    [InlineData("Real server 1# rip 192.0.2.5")]
    [InlineData("Real server 7# rip 192.0.2.5")]
    [InlineData(">> Real server 1 (web)# rip 192.0.2.5")]
    [InlineData("lab-sw1*# rip 192.0.2.5 # comment")]
    [InlineData("( note Prompt# rip 192.0.2.5 )")]
    [InlineData("(note Prompt# rip 192.0.2.5)")]
    [InlineData("Main# (or Prompt# rip 192.0.2.5)")]
    [InlineData("it's \"any\" wording;really# rip 192.0.2.5")]
    public void A_prompt_of_any_wording_is_no_part_of_the_command(string line)
    {
        SwitchConfig config = Texts.Read($"real 1\n{line}\n");

        Assert.Equal(IpAddress.Parse("192.0.2.5"), Assert.Single(config.Reals).Address);
    }

    [Theory]
    [InlineData("Enter default gateway number: (1-255) 3 [Enter]")]
    [InlineData("Enter default gateway number: (1-255) 3")]
    [InlineData("enter number: 3")]
    [InlineData("3")]
    public void A_menu_without_its_number_is_answered_by_the_next_line(string answer)
    {
        SwitchConfig config = Texts.Read($"/cfg/l3/gw\n{answer}\naddr 192.0.2.1\n");

        GatewayConfig gateway = Assert.Single(config.Gateways);
        Assert.Equal((3, IpAddress.Parse("192.0.2.1")), (gateway.Id, gateway.Address));
    }

    [Fact]
    public void A_service_without_its_port_is_answered_by_name()
    {
        SwitchConfig config = Texts.Read("virt 1/service\nEnter virtual port: https\nrport 8443");

        ServiceConfig service = Assert.Single(config.Virts[0].Services);
        Assert.Equal((443, 8443, "https"), (service.Port, service.RealPort, service.Name));
    }

    [Fact]
    public void What_an_Alteon_writes_between_the_commands_means_nothing()
    {
        SwitchConfig config = Texts.Read("""
            >> Main# /cfg/slb/real 7
            ------------------------------------------------------------
            [Real Server 7 Menu]
                 rip      - Set IP addr of real server
                 name     - Set server name
                 del      - Delete real server

            >> Real Server 7# rip 192.0.2.7
            Current real server IP address:  0.0.0.0
            New pending real server IP address:  192.0.2.7
            >> Real Server 7# ena
            Current status: disabled
            New status:     enabled
            >> Real Server 7# /cfg/slb/group 1
            >> Real Server Group 1# add 7
            Real server 7 added to real server group 1.
            >> Real Server Group 1# apply
            Apply complete; don't forget to "save" updated configuration.
            >> Real Server Group 1# save
            Request will first copy the FLASH "active" configuration to FLASH "backup",
            then overwrite FLASH "active" with new configuration.
            Confirm saving to FLASH [y/n]: y
            New config successfully saved to FLASH.
            """);

        RealConfig real = Assert.Single(config.Reals);
        Assert.Equal(
            (7, IpAddress.Parse("192.0.2.7"), true), (real.Id, real.Address, real.Enabled));
        Assert.Equal([7], Assert.Single(config.Groups).Members);
    }

    [Theory]
    [InlineData("Current rip 192.0.2.5")]
    [InlineData("Real servers 1 / rip 192.0.2.5")]
    [InlineData("[real 1 menu")]
    public void A_line_that_no_Alteon_writes_is_still_judged(string line)
        => Assert.True(Texts.Check(line).HasErrors);

    private static void AssertWalkThrough(ParsedConfig parsed, string network)
    {
        SwitchConfig config = parsed.Config;
        Assert.False(parsed.HasErrors);
        Assert.Equal([(1, network + 5, true), (2, network + 6, true)],
            config.Reals.Select(real => (real.Id, real.Address.ToString()!, real.Enabled)));
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal(1, group.Id);
        Assert.Equal([1, 2], group.Members);
        VirtConfig virt = Assert.Single(config.Virts);
        Assert.Equal((1, network + 2, true), (virt.Id, virt.Address.ToString(), virt.Enabled));
        ServiceConfig service = Assert.Single(virt.Services);
        Assert.Equal(
            (80, "http", 1, 8080), (service.Port, service.Name, service.Group, service.RealPort));
        Assert.Equal([(1, false, true), (2, false, true), (8, true, false)],
            config.Ports.Select(port => (port.Id, port.Client, port.Server)));
        InterfaceConfig own = Assert.Single(config.Interfaces);
        Assert.Equal((1, network + 4, 24, true),
            (own.Id, own.Address.ToString(), own.PrefixLength, own.Enabled));
        GatewayConfig gateway = Assert.Single(config.Gateways);
        Assert.Equal(
            (1, network + 1, true), (gateway.Id, gateway.Address.ToString(), gateway.Enabled));
        Assert.True(config.SlbOn);
        Assert.Equal(
            [.. new[] { 1, 2, 8 }.Select(
                id => $"port {id} has no interface yet; add: intf NAME, or run --port {id}=NAME")],
            parsed.Problems.Select(problem => problem.Message));
    }
}
