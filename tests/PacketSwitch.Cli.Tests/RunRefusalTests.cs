// What `packetswitch run` says when it cannot run: one line, what and what to do, and the documented exit code.

using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class RunRefusalTests : TestFolder
{
    private const string OnMissing = "port 1 / intf nosuch1 / client ena / server ena\n";
    private const string OnLoopback = "port 1 / intf lo / client ena / server ena\n";

    [Fact]
    public void A_missing_interface_is_one_line_and_exits_1()
    {
        Run(OnMissing).ShouldRefuse(1, "port 1: interface nosuch1 does not exist; see: ip -br link");
    }

    [Fact]
    public void The_interface_may_be_said_on_the_command_line()
    {
        Run(OnLoopback, "--port", "1=nosuch2")
            .ShouldRefuse(1, "port 1: interface nosuch2 does not exist; see: ip -br link");
    }

    [Fact]
    public void A_port_on_the_command_line_that_the_configuration_lacks_is_one_line_and_exits_2()
    {
        Run(OnMissing, "--port", "9=eth0")
            .ShouldRefuse(2, "--port 9=eth0: the configuration has no port 9 (ports: 1)");
    }

    [SkippableFact]
    public void No_permission_is_one_line_and_exits_5()
    {
        string config = Write("switch.cfg", OnLoopback);
        string[] asNobody = [];
        if (Environment.IsPrivilegedProcess)
        {
            asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];
            Executable.RunCommand("chmod", "o+rx", At("")).ShouldExit(0);
            Finished readable = Executable.RunCommand([.. asNobody, "test", "-r", Executable.Command[1]]);
            Skip.If(readable.ExitCode != 0, "needs a tree that others may read, and setpriv");
        }

        Finished run = Executable.RunCommand([.. asNobody, .. Executable.Command, "run", "-c", config]).ShouldExit(5);

        Assert.Matches(
            "^port 1: no permission to open interface lo; run with sudo, or once: "
                + @"sudo setcap cap_net_raw,cap_net_admin=eip \S+$",
            Assert.Single(run.ErrorLines));
        Assert.Empty(run.Output);
    }

    [SkippableTheory]
    [InlineData("run", "--io", "pcap")]
    [InlineData("replay", "capture.pcap")]
    [InlineData("replay", "--in", "1=capture.pcap")]
    public void No_libpcap_is_one_line_and_exits_5(params string[] command)
    {
        // In a mount namespace of its own every libpcap is an empty file.
        const string Hide = """
            libraries=$(ldconfig -p | sed -n 's/.*libpcap.* => //p')
            [ -n "$libraries" ] || exit 99
            for library in $libraries; do mount --bind /dev/null "$library" || exit 99; done
            exec "$@"
            """;
        string[] asOwner = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        string config = Write("switch.cfg", OnLoopback.Replace("intf lo", "intf lo / server ena"));
        Write("capture.pcap", Capture.Pcap([]));

        using Executable start = Executable.Start(
            ["unshare", .. asOwner, "--mount", "sh", "-c", Hide, "hide", "sh", "-c", "cd \"$0\" && exec \"$@\"", At(""),
                .. Executable.Command, .. command, "-c", config]);
        Finished run = start.WaitForEnd();

        Skip.If(run.ExitCode is 99 or 1 or 127, $"cannot hide libpcap here: {run.Errors.Trim()}");
        run.ShouldExit(5);
        Assert.EndsWith(
            "libpcap is not installed; on Debian and Ubuntu: sudo apt-get install libpcap0.8",
            Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void An_interface_used_twice_exits_3_with_its_place()
    {
        Finished run = Run("port 1 / intf lo / server ena\nport 8 / intf lo / client ena\n").ShouldExit(3);

        Assert.Contains(
            run.ErrorLines, line => line.StartsWith($"{At("switch.cfg")}:2:", StringComparison.Ordinal)
                && line.EndsWith("error: port 8 uses interface lo, which port 1 uses already", StringComparison.Ordinal));
    }

    [Fact]
    public void The_command_line_may_not_use_an_interface_twice_either()
    {
        Finished run = Run("port 1 / intf nosuch1 / server ena\nport 8 / client ena\n", "--port", "8=nosuch1");

        run.ShouldExit(3);
        Assert.Contains("port 8 uses interface nosuch1, which port 1 uses already", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port 8 / client ena\n", "port 8 has no interface yet; add: intf NAME, or run --port 8=NAME")]
    [InlineData("slb on\n", "no port is configured; add: port 1 / intf NAME / client ena / server ena")]
    [InlineData("real 1 / rip 1.2.3 / ena\n", "error: ")]
    public void A_configuration_that_cannot_run_exits_3(string config, string message)
    {
        Finished run = Run(config).ShouldExit(3);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private Finished Run(string config, params string[] arguments)
        => Executable.Run(["run", "-c", Write("switch.cfg", config), .. arguments]);
}
