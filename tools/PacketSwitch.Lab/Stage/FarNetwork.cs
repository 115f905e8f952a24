// What the scenarios of the forwarding modes add to the lab's wiring: an IPv6 address for every host, and a client that is far away.
//
//   far 198.51.100.10 ── r0 ══ 1280 bytes ══ segf (bridge) ─┬─ r1 192.0.2.201 ─ seg8
//       2001:db8:f::10                                       └─ r2 192.0.2.202 ─ seg8
//
// r0 chooses r1 or r2, as hosts behind two routers of one VRRP group do; the servers find the way back by the switch's own address.
// Made after Network.Build; ends with the lab.
using System.Globalization;
using System.Text;

namespace PacketSwitch.Lab.Stage;

internal static class FarNetwork
{
    public const string Client = "far", Choosing = "r0", FirstRouter = "r1", SecondRouter = "r2";
    public const int NarrowMtu = 1280;

    private const string Segment = "segf";

    /// <summary>
    /// Gives the hosts their IPv6 addresses; <paramref name="net6"/> ends in "::", the host's number is that of its IPv4 address.
    /// </summary>
    public static void AddSix(string net6)
    {
        foreach (var host in Network.Hosts)
        {
            var number = host.Address[(host.Address.LastIndexOf('.') + 1)..];
            Tool.Ip($"address add {net6}{number}/64 dev {Network.HostInterface} nodad", host.Name);
        }
    }

    public static void Build()
    {
        Tool.Ip($"""
            netns add {Client}
            netns add {Choosing}
            netns add {FirstRouter}
            netns add {SecondRouter}
            netns add {Segment}
            link add eth0 netns {Client} type veth peer name in netns {Choosing}
            link add out netns {Choosing} mtu 1280 type veth peer name r0 mtu 1280 netns {Segment}
            link add out netns {FirstRouter} mtu 1280 type veth peer name r1 mtu 1280 netns {Segment}
            link add out netns {SecondRouter} mtu 1280 type veth peer name r2 mtu 1280 netns {Segment}
            link add eth0 netns {FirstRouter} type veth peer name r1 netns seg8
            link add eth0 netns {SecondRouter} type veth peer name r2 netns seg8
            """);
        Tool.Ip("""
            link add br0 mtu 1280 type bridge stp_state 0 mcast_snooping 0
            link set r0 master br0 up
            link set r1 master br0 up
            link set r2 master br0 up
            link set br0 up
            """, Segment);
        Tool.Ip("""
            link set r1 master br0 up
            link set r2 master br0 up
            """, "seg8");
        Tool.Ip("""
            link set lo up
            link set eth0 up
            address add 198.51.100.10/24 dev eth0
            address add 2001:db8:f::10/64 dev eth0 nodad
            route add default via 198.51.100.1
            route add default via 2001:db8:f::1
            """, Client);
        Tool.Ip("""
            link set lo up
            link set in up
            link set out up
            address add 198.51.100.1/24 dev in
            address add 2001:db8:f::1/64 dev in nodad
            address add 203.0.113.10/24 dev out
            address add 2001:db8:e::10/64 dev out nodad
            """, Choosing);
        Router(FirstRouter, 1);
        Router(SecondRouter, 2);
        foreach (var router in new[] { Choosing, FirstRouter, SecondRouter }) Forwarding(router);
        GoThrough(FirstRouter);
        foreach (var server in Network.Servers)
        {
            Tool.Ip("""
                route replace default via 192.0.2.4
                route replace default via 2001:db8::4
                """, server.Name);
        }
    }

    /// <summary>The far client's packets take this router from now on, in both directions beyond the switch.</summary>
    public static void GoThrough(string router)
    {
        var number = router == FirstRouter ? 1 : 2;
        Tool.Ip($"""
            route replace default via 203.0.113.{number}
            route replace default via 2001:db8:e::{number}
            """, Choosing);
    }

    private static void Router(string name, int number)
    {
        var lines = new StringBuilder();
        lines.AppendLine(CultureInfo.InvariantCulture, $"""
            link set lo up
            link set eth0 up
            link set out up
            address add 192.0.2.20{number}/24 dev eth0
            address add 2001:db8::20{number}/64 dev eth0 nodad
            address add 203.0.113.{number}/24 dev out
            address add 2001:db8:e::{number}/64 dev out nodad
            route add 198.51.100.0/24 via 203.0.113.10
            route add 2001:db8:f::/64 via 2001:db8:e::10
            """);
        Tool.Ip(lines.ToString(), name);
    }

    private static void Forwarding(string router) => NetworkNamespace.Run(router, () =>
    {
        Kernel.Set("net/ipv4/ip_forward", 1);
        Kernel.Set("net/ipv6/conf/all/forwarding", 1);
    });
}
