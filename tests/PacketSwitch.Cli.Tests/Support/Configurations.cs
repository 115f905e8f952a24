// The configurations that the tests of replay and run share.

namespace PacketSwitch.Cli.Tests.Support;

internal static class Configurations
{
    /// <summary>A VIP over two real servers in one network; their MACs are to be asked for.</summary>
    public const string TwoReals = """
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        real 1 / rip 192.0.2.5 / ena
        real 2 / rip 192.0.2.6 / ena
        group 1 / metric roundrobin / add 1 / add 2
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            rport 8080
        port 8 / client ena
        port 1 / server ena
        slb on

        """;

    /// <summary>The same with MACs that are known.</summary>
    public const string TwoRealsWithMacs =
        TwoReals + "real 1 / mac 02:00:00:00:00:05\nreal 2 / mac 02:00:00:00:00:06\n";
}
