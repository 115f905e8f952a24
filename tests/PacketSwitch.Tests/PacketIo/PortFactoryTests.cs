// What a person reads when a port cannot be opened, with the documented exit code.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class PortFactoryTests
{
    [SkippableFact]
    public void A_missing_interface_is_one_line_with_exit_code_1()
    {
        LivePortHarness.SkipWithoutLibPcap();
        using var factory = new PortFactory(_ => { });

        Assert.False(factory.TryOpen(
            PortKind.Auto, 8, "eth9nothere", out IPacketPort? port, out PortProblem? problem));

        Assert.Null(port);
        Assert.Equal(
            "port 8: interface eth9nothere does not exist; see: ip -br link", problem!.Message);
        Assert.Equal(1, problem.ExitCode);
    }

    [SkippableFact]
    public void A_name_too_long_for_an_interface_does_not_exist()
    {
        LivePortHarness.SkipWithoutLibPcap();
        using var factory = new PortFactory(_ => { });

        Assert.False(factory.TryOpen(
            PortKind.Pcap, 1, new string('x', 300), out _, out PortProblem? problem));

        Assert.Equal(1, problem!.ExitCode);
    }

    [Fact]
    public void Several_loops_need_the_ring()
    {
        using var factory = new PortFactory(_ => { });

        Assert.False(factory.TryOpen(
            PortKind.Pcap, 1, "p0", out _, out PortProblem? problem, lanes: 2));

        Assert.Equal(
            "port 1: loops 2 needs the packet ring; use --io ring, or loops 1", problem!.Message);
        Assert.Equal(2, problem.ExitCode);
    }

    [SkippableFact]
    public void An_interface_can_be_one_port_only()
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        LivePortHarness.SkipWithoutLibPcap();
        network.AddPair("p0", "p1");
        using PortFactory factory = new(_ => { });
        IPacketPort? first = null;
        PortProblem? problem = null;
        network.Run(() =>
        {
            Assert.True(factory.TryOpen(PortKind.Auto, 1, "p0", out first, out _));
            Assert.False(factory.TryOpen(PortKind.Auto, 2, "p0", out _, out problem));
        });
        first!.Dispose();

        Assert.Equal(
            "port 2: interface p0 is already port 1; an interface can be one port only",
            problem!.Message);
        Assert.Equal(2, problem.ExitCode);
    }

    [SkippableFact]
    public void An_interface_that_is_not_ethernet_is_refused()
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        LivePortHarness.SkipWithoutLibPcap();
        Skip.IfNot(network.TryIp("tuntap add dev t0 mode tun"), "needs /dev/net/tun");
        network.Ip("link set t0 up");
        using PortFactory factory = new(_ => { });
        PortProblem? problem = null;

        network.Run(
            () => Assert.False(factory.TryOpen(PortKind.Auto, 4, "t0", out _, out problem)));

        Assert.Equal(
            "port 4: interface t0 cannot be opened: it is not an Ethernet interface",
            problem!.Message);
    }

    [SkippableFact]
    public void Auto_takes_the_ring_and_says_so()
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        network.AddPair("p0", "p1");
        using PortFactory factory = new(_ => { });
        IPacketPort? port = null;

        network.Run(() => Assert.True(factory.TryOpen(PortKind.Auto, 1, "p0", out port, out _)));
        using IPacketPort opened = port!;

        Assert.IsType<RingPort>(opened);
        Assert.Equal("--io auto: packet ring, offloads pass through", factory.Choice);
    }

    [SkippableTheory]
    [InlineData(PortKind.Pcap, typeof(LivePort))]
    [InlineData(PortKind.Ring, typeof(RingPort))]
    public void A_backend_that_was_asked_for_is_taken_without_a_word(PortKind kind, Type type)
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        LivePortHarness.SkipWithoutLibPcap();
        network.AddPair("p0", "p1");
        using PortFactory factory = new(_ => { });
        IPacketPort? port = null;

        network.Run(() => Assert.True(factory.TryOpen(kind, 1, "p0", out port, out _)));
        using IPacketPort opened = port!;

        Assert.IsType(type, opened);
        Assert.Empty(factory.Choice);
    }

    [Fact]
    public void The_value_of_io_is_read_or_the_choices_are_named()
    {
        Assert.True(PortFactory.TryParseKind("pcap", out PortKind kind, out _));
        Assert.Equal(PortKind.Pcap, kind);
        Assert.False(PortFactory.TryParseKind("dpdk", out _, out PortProblem? problem));
        Assert.Equal("--io dpdk: not known; one of auto, pcap, ring", problem!.Message);
    }

    [SkippableFact]
    public void Without_the_capability_the_line_names_the_command_that_gives_it()
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        PortProblem? problem = null;
        network.Run(() =>
        {
            Skip.IfNot(
                ThreadCapabilities.TryDropRawSockets(), "the process cannot give up a capability");
            problem = RawSocketPermission.Check(8, "eth1");
        });

        Assert.Equal($"port 8: no permission to open interface eth1; run with sudo, or once: "
            + $"sudo setcap cap_net_raw,cap_net_admin=eip {Environment.ProcessPath}",
            problem!.Message);
        Assert.Equal(5, problem.ExitCode);
    }
}
