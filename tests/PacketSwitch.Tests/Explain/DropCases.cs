// How a frame comes to be dropped, for every reason there is: the list from which the captures of
// captures/drops, the explanations, the counters and the metric labels are checked. A new reason
// needs a case here.

using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using static PacketSwitch.Tests.Explain.CaseFrames;

namespace PacketSwitch.Tests.Explain;

internal static class DropCases
{
    private const byte OneByteIcmp = IpProtocol.Icmp;

    private const string Base = """
        port 8 / client ena
        port 1 / server ena
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        group 1 / health none / add 1
        virt 1 / vname web / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            rport 8080
        slb on

        """;

    private const string UdpService = Base + "virt 1/service 80\n    protocol both\n";

    /// <summary>Reasons that no frame gets, each with why.</summary>
    public static IReadOnlyDictionary<DropReason, string> Unused { get; } =
        new Dictionary<DropReason, string>
        {
            [DropReason.None] = "no drop",
            [DropReason.IncorrectVip] = "Alteon's name for what is bridged or routed here; kept so "
            + "that its row exists, always 0",
        };

    public static IReadOnlyList<DropCase> All { get; } =
    [
        new(DropReason.MalformedTruncated, Base, new CaseFrame(8, Tcp()[..40], 54)),
        new(DropReason.MalformedEthernet, Base, new CaseFrame(8, Tcp()[..10])),
        new(DropReason.MalformedArp, Base, new CaseFrame(
            8, Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", EtherTypes.Arp, 10))),
        new(DropReason.MalformedIpv4, Base, new CaseFrame(8, With(Tcp(), 14, 0x44))),
        new(DropReason.MalformedIpv6, Base, new CaseFrame(
            8, Ethernet("02:00:00:00:00:05", "02:00:00:00:01:01", EtherTypes.Ipv6, 20))),
        new(DropReason.MalformedTcp, Base, new CaseFrame(8, With(Tcp(), 46, 0x40))),
        new(DropReason.MalformedUdp, Base, new CaseFrame(8, With(Udp(), 39, 4))),
        new(DropReason.MalformedIcmp, Base, new CaseFrame(8, Ipv4(OneByteIcmp, [8]))),
        new(DropReason.BadChecksum, Base, new CaseFrame(8, With(Tcp(), 24, 0x55))),
        new(DropReason.TcpNoFlags, Base, new CaseFrame(8, Tcp(flags: TcpFlags.None))),
        new(DropReason.Land, Base, new CaseFrame(8, Tcp(source: Vip, sourcePort: 80))),
        new(DropReason.Martian, Base, new CaseFrame(8, Tcp(source: "127.0.0.1"))),
        new(DropReason.IncorrectVport, Base, new CaseFrame(8, Tcp(port: 81))),
        new(DropReason.VipDown, Base + "virt 1 / dis\n", new CaseFrame(8, Tcp())),
        new(DropReason.NoReal, Base + "real 1 / dis\n", new CaseFrame(8, Tcp())),
        new(DropReason.TableFull, Base + "sys / sessions 1\n",
            [.. Opened(), new CaseFrame(8, Tcp(sourcePort: 40_001))]),
        new(DropReason.BridgeLoop, Base,
            new CaseFrame(8, Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", 0x88b5, 46)),
            new CaseFrame(1, Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", 0x88b5, 46))),
        new(DropReason.TupleInUse, Base
            + "virt 2 / vip 192.0.2.3 / ena\nvirt 2/service 80\n    group 1\n    rport 8080\n",
            new CaseFrame(8, Tcp()), new CaseFrame(8, Tcp(destination: "192.0.2.3"))),
        new(DropReason.NoSession, Base,
            new CaseFrame(8, Tcp(flags: TcpFlags.Ack, acknowledgement: 1))),
        new(DropReason.DamOff, Base, new CaseFrame(8, Tcp(destination: Real, port: 8080))),
        new(DropReason.NoArp, Base, new CaseFrame(8, Tcp(destination: "192.0.2.50"))),
        new(DropReason.TooBig, Base, new CaseFrame(8, Tcp(payload: 1200)))
        {
            Circumstance = ("port 1 carries 1,000 bytes", 0, run => run.Port(1).Mtu = 1000),
        },
        new(DropReason.RstOutOfWindow, Base,
            [.. Opened(), new CaseFrame(8, Tcp(flags: TcpFlags.Rst, sequence: 900_000_000))]),
        new(DropReason.Fragment, Base,
            new CaseFrame(8, Ipv4(IpProtocol.Icmp, new byte[16], offset: 64))),
        new(DropReason.ReservedMac, Base,
            new CaseFrame(8, Ethernet("01:80:c2:00:00:03", "02:00:00:00:01:01", 0x88cc, 46))),
        new(DropReason.SamePort, Base,
            new CaseFrame(8, Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:02", 0x88b5, 46)),
            new CaseFrame(8, Ethernet("02:00:00:00:01:02", "02:00:00:00:01:01", 0x88b5, 46))),
        new(DropReason.NoRoute, Base, new CaseFrame(8, Tcp(destination: "198.51.100.1"))),
        new(DropReason.NotForUs, Base, new CaseFrame(8, Tcp(destination: "192.0.2.4", port: 22))),
        new(DropReason.PortDown, Base, new CaseFrame(8, Tcp()))
        {
            Circumstance = ("port 1 has no link", 0, run => run.Port(1).IsUp = false),
        },
        new(DropReason.SendFailed, Base, new CaseFrame(8, TwoTags(1522)))
        {
            Circumstance = ("port 1 takes one tag beyond its MTU, and not two", 0, _ => { }),
        },
        new(DropReason.PuntFull, ManyPorts(), new CaseFrame(8, ArpForVip()))
        {
            Circumstance =
                ("more ARP at seventeen ports at once than the queue to the control plane holds", 0,
                    AskEverywhere),
        },
        new(DropReason.NoProxyPort, Base
            + "virt 1/service 80\n    pip 192.0.2.9\n", new CaseFrame(8, Tcp()))
        {
            Circumstance = ("every port of the proxy address is taken", 0, TakeProxyPorts),
        },
        new(DropReason.ServerGone, Base, [.. Opened(),
            new CaseFrame(8, Tcp(flags: TcpFlags.Ack, sequence: 1001, acknowledgement: 7001))])
        {
            Circumstance = ("real 1 fails", 3, run => run.Offline.Control.SetHealth(
                RealHealth.AllUp.WithFailed(1, run.Offline.NowNs))),
        },
        new(DropReason.Internal, Base, new CaseFrame(8, Tcp()))
        {
            Circumstance =
                ("a snapshot that lacks its neighbours, which the control plane never publishes", 0,
                    run =>
                run.Offline.Control.Cell.Publish(run.Offline.Snapshot with { Neighbors = [] })),
        },
        new(DropReason.FragmentTableFull, UdpService, [.. Enumerable.Range(1, 70).Select(
            i => new CaseFrame(8, Ipv4(IpProtocol.Udp, new byte[8], offset: i * 8, more: true)))]),
        new(DropReason.FragmentTimeout, UdpService,
            new CaseFrame(8, Ipv4(IpProtocol.Udp, new byte[16], offset: 64))),
        new(DropReason.FragmentOverlap, UdpService,
            new CaseFrame(8, Ipv4(IpProtocol.Udp, UdpStart(64), more: true)),
            new CaseFrame(8, Ipv4(IpProtocol.Udp, new byte[64], offset: 56, more: true))),
        new(DropReason.FragmentDuplicate, UdpService,
            new CaseFrame(8, Ipv4(IpProtocol.Udp, UdpStart(64), more: true)),
            new CaseFrame(8, Ipv4(IpProtocol.Udp, UdpStart(64), more: true))),
        new(DropReason.FragmentLength, UdpService,
            new CaseFrame(8, Ipv4(IpProtocol.Udp, UdpStart(60), more: true))),
        new(DropReason.FragmentTiny, Base,
            new CaseFrame(8, Ipv4(IpProtocol.Tcp, Tcp()[34..42], more: true))),
        new(DropReason.BadIcmpChecksum, Base,
            [.. Opened(), new CaseFrame(8, IcmpErrorWithWrongChecksum())]),
        new(DropReason.Ttl, Base + "if 2 / addr 198.51.100.1 / mask 255.255.255.0 / ena\n",
            new CaseFrame(8, Udp(destination: "198.51.100.9", ttl: 1))),
    ];

    // The three frames that open a connection.
    private static CaseFrame[] Opened() =>
    [
        new CaseFrame(8, Tcp()),
        new CaseFrame(1, Tcp(
            Real, 8080, CaseFrames.Client, 40_000, TcpFlags.Syn | TcpFlags.Ack, 7000, 1001, fromServer: true)),
        new CaseFrame(8, Tcp(flags: TcpFlags.Ack, sequence: 1001, acknowledgement: 7001)),
    ];

    private static byte[] TwoTags(int length)
    {
        byte[] frame = Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", 0x88a8, length - 14);
        byte[] inner = [0x00, 0x05, 0x81, 0x00, 0x00, 0x06, 0x88, 0xb5];
        inner.CopyTo(frame, 14);
        return frame;
    }

    private static string ManyPorts()
        => Base + string.Concat(
            Enumerable.Range(20, 15).Select(port => $"port {port} / client ena\n"));

    private static void AskEverywhere(DropRun run)
    {
        foreach (MemoryPort port in run.Ports)
        {
            for (int i = 0; i < Limits.BurstFrames; i++)
            {
                port.Enqueue(ArpForVip());
            }
        }
    }

    private static void TakeProxyPorts(DropRun run)
    {
        VirtualService service = run.Offline.Snapshot.Services.Values.Single();
        PortPool pool = run.Offline.Tables.PortPools[service.Proxies[0].PoolByReal[1]];
        while (pool.TryTake(out _))
        {
        }
    }
}
