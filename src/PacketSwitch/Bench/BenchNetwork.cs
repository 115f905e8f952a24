// The network that the engine is measured in: one virtual service, four real servers whose addresses are resolved,
// and clients by number. Used by EngineHarness.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

/// <summary>Addresses, and the snapshot that says what to do with them.</summary>
internal static class BenchNetwork
{
    /// <summary>The longest frame that is measured: 1,518 bytes on the wire.</summary>
    public const int MaxFrameBytes = 1514;

    public const uint ClientSequence = 1000;
    public const uint ServerSequence = 5000;

    private const ushort VirtualPort = 80;
    private const ushort RealPort = 8080;
    private const int Reals = 4;
    private const int FlowsPerClient = 64;
    private const ushort FirstClientPort = 32_768;

    private static readonly Ipv4Address Vip = Ipv4Address.Parse("192.0.2.2");
    private static readonly Ipv4Address FirstReal = Ipv4Address.Parse("198.51.100.1");
    private static readonly Ipv4Address FirstClient = Ipv4Address.Parse("10.0.0.1");
    private static readonly MacAddress SwitchMac = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress RouterMac = MacAddress.Parse("02:00:00:00:00:02");
    private static readonly MacAddress RealMac = MacAddress.Parse("02:00:00:00:01:00");

    /// <summary>Half NAT, leastconns, client port 0, server port 1.</summary>
    public static SwitchSnapshot Snapshot()
    {
        var members = new GroupMember[Reals];
        var neighbors = new Neighbor[Reals];
        uint idle = Ticks.FromSeconds(600);
        for (int i = 0; i < Reals; i++)
        {
            IpAddress address = IpAddress.From(new Ipv4Address(FirstReal.Value + (uint)i));
            members[i] = GroupMember.Of(new RealServer((ushort)(i + 1), address, 1, 0, idle, (ushort)i));
            neighbors[i] = new Neighbor(address, new MacAddress(RealMac.Value + (ulong)i), 1, 0);
        }
        var group = new ServerGroup(1, MetricCatalog.Make("leastconns", new MetricInput(members)), members);
        IpAddress vip = IpAddress.From(Vip);
        return new SwitchSnapshot
        {
            Version = 1,
            SlbOn = true,
            Mac = SwitchMac,
            Ports = [PortRoles.Client, PortRoles.Server],
            VirtualServers = new() { [vip] = new VirtualServer(1, vip, true, true, true) },
            Services = new()
            {
                [new ServiceKey(vip, VirtualPort, IpProtocol.Tcp)] =
                    new VirtualService(1, VirtualPort, RealPort, group, 0, false),
            },
            Neighbors = neighbors,
        };
    }

    /// <summary>The address of a flow's client.</summary>
    public static Ipv4Address Client(int flow) => new(FirstClient.Value + (uint)(flow / FlowsPerClient));

    /// <summary>The port of a flow's client.</summary>
    public static ushort ClientPort(int flow) => (ushort)(FirstClientPort + (flow % FlowsPerClient));

    /// <summary>The client-side key of a flow.</summary>
    public static FlowKey<Ipv4Address> ClientKey(int flow) => new()
    {
        Source = Client(flow),
        Destination = Vip,
        SourcePort = ClientPort(flow),
        DestinationPort = VirtualPort,
        Protocol = IpProtocol.Tcp,
        Side = FlowSide.Client,
    };

    /// <summary>Writes a client's TCP frame from 0.0.0.0, port 0: what <see cref="BenchFrame"/> fills in.</summary>
    public static int WriteClientFrame(Span<byte> target, TcpFlags flags, int frameBytes)
    {
        const int Headers = 14 + 20 + 20;
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = RouterMac,
            DestinationMac = SwitchMac,
            Destination = Vip,
            DestinationPort = VirtualPort,
        };
        bool syn = (flags & TcpFlags.Syn) != 0;
        Span<byte> payload = stackalloc byte[MaxFrameBytes];
        payload.Clear();
        int payloadBytes = frameBytes <= FrameWriter.MinimumFrameLength || syn ? 0 : frameBytes - Headers;
        int length = FrameWriter.Tcp(
            target, addresses, syn ? ClientSequence : ClientSequence + 1, syn ? 0 : ServerSequence + 1, flags, 65_535,
            default, payload[..payloadBytes]);
        return FrameWriter.PadToMinimum(target, length);
    }

    /// <summary>Writes a real server's answer to a SYN.</summary>
    public static int WriteSynAck(Span<byte> target, FlowKey<Ipv4Address> serverKey)
    {
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = RealMac,
            DestinationMac = SwitchMac,
            Source = serverKey.Source,
            Destination = serverKey.Destination,
            SourcePort = serverKey.SourcePort,
            DestinationPort = serverKey.DestinationPort,
        };
        int length = FrameWriter.Tcp(
            target, addresses, ServerSequence, ClientSequence + 1, TcpFlags.Syn | TcpFlags.Ack, 65_535);
        return FrameWriter.PadToMinimum(target, length);
    }
}
