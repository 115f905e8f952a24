// A flow in words (tcp 192.0.2.101:40000 192.0.2.2:80) as the first frame that its client would
// send, and the throw-away switch that is asked about it. Used by the explain command.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>The first frame of a flow: a SYN, a datagram or an echo request.</summary>
/// <param name="Protocol">tcp, udp or icmp.</param>
internal sealed record DescribedFlow(
    string Protocol, IpAddress Source, ushort SourcePort, IpAddress Destination,
        ushort DestinationPort)
{
    /// <summary>
    /// Of a TCP flow: those of a connection's first segment, or of one within it.
    /// </summary>
    public TcpFlags Flags { get; init; } = TcpFlags.Syn;
    public uint Sequence { get; init; } = 1;
    public uint Acknowledgement { get; init; }

    private const int LeastSessions = 1024;
    private static readonly MacAddress ClientMac = new(0x02_43_00_00_00_01);

    /// <summary>Reads the words; null with what is wrong in them.</summary>
    public static DescribedFlow? TryParse(
        string protocol, string source, string destination, out string? problem)
    {
        bool hasPorts = protocol != "icmp";
        if (!TryReadEnd(source, hasPorts, out IpAddress from, out ushort fromPort, out problem)
            || !TryReadEnd(destination, hasPorts, out IpAddress to, out ushort toPort, out problem))
        {
            return null;
        }
        if (from.IsV6 != to.IsV6)
        {
            problem = $"{source} and {destination} are of different address families";
            return null;
        }
        return new DescribedFlow(protocol, from, fromPort, to, toPort);
    }

    /// <summary>
    /// Lets the frame into a switch of this configuration that has just started, and returns its
    /// trace.
    /// </summary>
    /// <param name="inPort">The port it enters at; null takes the lowest server port for a real
    /// server's frame, else the lowest client port.</param>
    public FrameTrace Run(SwitchConfig config, int? inPort)
    {
        const long StartNs = 1_000_000_000;
        SwitchConfig known = InventedMacs.In(
            config with { System = config.System with { Sessions = LeastSessions } });
        return Run(known, PortIds(config), inPort, StartNs, seed: 1, _ => { });
    }

    /// <summary>
    /// Lets the frame into a throw-away view of a running switch, which <paramref name="prepare"/>
    /// makes like it. What runs is only read.
    /// </summary>
    public FrameTrace RunOn(RunningState running, int? inPort, Action<OfflineSwitch> prepare)
    {
        SwitchConfig config = running.Config;
        RealConfig[] reals = [.. config.Reals.Select(
            real => running.MacOf(real) is { } mac ? real with { Mac = mac } : real)];
        SwitchConfig known = InventedMacs.In(config with
        {
            Reals = [.. reals],
            System = config.System with
            {
                Sessions = LeastSessions,
                Mac = new SwitchMac(running.Snapshot.Mac)
            },
        });
        return Run(
            known, running.PortIds, inPort, running.NowNs, running.Tables.Seed, prepare);
    }

    private FrameTrace Run(
        SwitchConfig config, IReadOnlyList<int> portIds, int? inPort, long startNs, ulong seed,
        Action<OfflineSwitch> prepare)
    {
        MemoryPort[] ports = [.. portIds.Select(id => new MemoryPort(id))];
        FrameTrace? trace = null;
        var recorder = new StepRecorder { Completed = completed => trace ??= completed };
        using var offline = new OfflineSwitch(
            config, ObservedPort.Around(ports, recorder), new VerdictTracer(_ => { }, recorder),
                startNs, seed, isView: true);
        prepare(offline);
        bool fromServer =
            config.Reals.Any(real => real.Address is { } address && address.Equals(Source));
        PortConfig[] open = [.. config.Ports.Where(port => portIds.Contains(port.Id))];
        PortConfig entry = open.FirstOrDefault(port => inPort is { } said ? port.Id == said
            : fromServer ? port.Server : port.Client) ?? open[0];
        Span<byte> frame = stackalloc byte[256];
        int length = Write(frame, NextMac(config, offline.Snapshot));
        ports.First(port => port.Id == entry.Id).Enqueue(frame[..length]);
        offline.Settle();
        // Nobody is there to answer; whether a neighbour would, the switch does not know either.
        return trace ?? recorder.Held
            ?? throw new InvalidOperationException("the described frame was not decided");
    }

    private static int[] PortIds(SwitchConfig config) => [.. config.Ports.Select(port => port.Id)];

    /// <summary>The frame, addressed to a MAC; its length.</summary>
    public int Write(Span<byte> target, MacAddress nextMac)
        => Source.IsV6
            ? Write(target, new FrameAddresses<Ipv6Address>
            {
                SourceMac = ClientMac,
                DestinationMac = nextMac,
                Source = Source.V6,
                Destination = Destination.V6,
                SourcePort = SourcePort,
                DestinationPort = DestinationPort,
            })
            : Write(target, new FrameAddresses<Ipv4Address>
            {
                SourceMac = ClientMac,
                DestinationMac = nextMac,
                Source = Source.V4,
                Destination = Destination.V4,
                SourcePort = SourcePort,
                DestinationPort = DestinationPort,
            });

    private int Write<TAddress>(Span<byte> target, in FrameAddresses<TAddress> addresses)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        const ushort Window = 64_240;
        return Protocol switch
        {
            "tcp" => FrameWriter.Tcp(target, addresses, Sequence, Acknowledgement, Flags, Window),
            "udp" => FrameWriter.Udp(target, addresses, "explain"u8),
            _ when (object)addresses is FrameAddresses<Ipv6Address> v6
                => FrameWriter.IcmpEchoV6(target, v6, isReply: false, 1, 1, "explain"u8),
            _ => FrameWriter.IcmpEchoV4(target, (FrameAddresses<Ipv4Address>)(object)addresses,
                isReply: false, 1, 1, "explain"u8),
        };
    }

    // A real server is spoken to directly; what else is not the switch's own is taken to be behind
    // it.
    private MacAddress NextMac(SwitchConfig config, SwitchSnapshot snapshot)
    {
        if (GroupMac(Destination) is { } group)
        {
            return group;
        }
        RealConfig? real = config.Reals.FirstOrDefault(
            each => each.Address is { } address && address.Equals(Destination));
        return real?.Mac ?? snapshot.Mac;
    }

    // What is for many is sent to the MAC of its group (RFC 1112, RFC 2464), not to the switch.
    private static MacAddress? GroupMac(IpAddress address)
    {
        if (address.IsV6)
        {
            return address.V6.High >> 56 == 0xff
                ? new MacAddress(0x3333_0000_0000 | (address.V6.Low & 0xffff_ffff)) : null;
        }
        uint value = address.V4.Value;
        return value == uint.MaxValue ? MacAddress.Broadcast
            : value >> 28 == 0xe ? new MacAddress(0x0100_5e00_0000UL | (value & 0x7f_ffff)) : null;
    }

    private static bool TryReadEnd(
        string text, bool hasPort, out IpAddress address, out ushort port, out string? problem)
    {
        problem = null;
        port = 0;
        int colon = text.LastIndexOf(':');
        bool isBracketed = text.StartsWith('[');
        string host = text;
        if (hasPort)
        {
            bool ok = colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out port) && port > 0;
            host = ok ? text[..colon] : "";
        }
        host = isBracketed && host.EndsWith(']') ? host[1..^1] : host;
        if (IpAddress.TryParse(host, out address))
        {
            return true;
        }
        problem = hasPort
            ? $"'{text}' is no ADDRESS:PORT, for example 192.0.2.101:40000 or [2001:db8::101]:40000"
            : $"'{text}' is no address, for example 192.0.2.101 or 2001:db8::101";
        return false;
    }
}
