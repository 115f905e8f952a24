// The clients that a what-if asks about: generated ones, those of a capture, or those of a running
// switch's sessions. Each set is let through a switch of a given configuration, the real code, and
// says which server each flow got.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;
using PacketSwitch.Wire;

namespace PacketSwitch.WhatIf;

/// <summary>Flows towards one virtual service.</summary>
/// <param name="Service">The service that generated flows go to.</param>
/// <param name="Vip">Its address.</param>
/// <param name="Count">How many flows are generated.</param>
/// <param name="File">A capture that has them; null generates.</param>
internal sealed record FlowSet(ServiceConfig Service, IpAddress Vip, int Count, string? File)
{
    private const int BurstOfSyns = 64;
    private const int PortsPerClient = 16;
    private static readonly MacAddress ClientMac = new(0x02_43_00_00_00_01);

    /// <summary>Flows that are known, in place of generated ones.</summary>
    public IReadOnlyList<DescribedFlow>? Known { get; init; }

    /// <summary>Makes the switch like one that runs, before the flows enter.</summary>
    public Action<OfflineSwitch> Prepare { get; init; } = _ => { };

    /// <summary>
    /// The server of each flow that opened a session with the group, by the flow's number.
    /// </summary>
    public SortedDictionary<long, int> Assign(
        SwitchConfig config, int group, out PortProblem? problem)
    {
        var assigned = new SortedDictionary<long, int>();
        HashSet<int> virts = [.. config.Virts.Where(
            virt => virt.Services.Any(each => each.Group == group)).Select(virt => virt.Id)];
        var recorder = new StepRecorder
        {
            Completed = trace =>
            {
                FrameInfo info = trace.Info;
                bool opened =
                    info is { Verdict: Verdict.Transmit, Pass: PassReason.New, Virt: > 0 };
                if (opened && virts.Contains(info.Virt))
                {
                    assigned[trace.Number] = info.Real;
                }
            },
        };
        problem = null;
        if (File is { } file)
        {
            OneFileReplay.Run(
                config, file, [], offloads: false, null, new ReplayWatch(recorder), out problem);
        }
        else
        {
            Generate(config, recorder);
        }
        return assigned;
    }

    private void Generate(SwitchConfig config, StepRecorder recorder)
    {
        int count = Known?.Count ?? Count;
        SwitchConfig known = InventedMacs.In(config with
        {
            System = config.System with { Sessions = Math.Max(2 * count, 1024) },
        });
        MemoryPort[] ports =
            [.. config.Ports.Select(port => new MemoryPort(port.Id) { DiscardSent = true })];
        using var offline = new OfflineSwitch(
            known, ports, new VerdictTracer(_ => { }, recorder), startNs: 1_000_000_000);
        Prepare(offline);
        int client = config.Ports.FirstOrDefault(port => port.Client)?.Id ?? config.Ports[0].Id;
        MemoryPort entry = ports.First(port => port.Id == client);
        Span<byte> frame = stackalloc byte[128];
        for (int i = 0; i < count; i++)
        {
            int length = Known is null ? Write(frame, i, offline.Snapshot.Mac)
                : Known[i].Write(frame, offline.Snapshot.Mac);
            entry.Enqueue(frame[..length]);
            if ((i + 1) % BurstOfSyns == 0)
            {
                offline.Settle();
            }
        }
        offline.Settle();
    }

    // Addresses of the benchmark network 198.18.0.0/15 (RFC 2544), 2001:2::/48 (RFC 5180), each a
    // client; beyond those, other ports.
    private int Write(Span<byte> target, int number, MacAddress mac)
    {
        const int Clients = 1 << 17;
        uint host = (uint)(number % Clients);
        ushort port = (ushort)(20_000 + (number / Clients % PortsPerClient));
        return Vip.IsV6
            ? Write(target, new FrameAddresses<Ipv6Address>
            {
                SourceMac = ClientMac,
                DestinationMac = mac,
                Source = new Ipv6Address(0x2001_0002_0000_0000, host + 1),
                Destination = Vip.V6,
                SourcePort = port,
                DestinationPort = (ushort)Service.Port,
            })
            : Write(target, new FrameAddresses<Ipv4Address>
            {
                SourceMac = ClientMac,
                DestinationMac = mac,
                Source = new Ipv4Address(0xc612_0000 + host),
                Destination = Vip.V4,
                SourcePort = port,
                DestinationPort = (ushort)Service.Port,
            });
    }

    private int Write<TAddress>(Span<byte> target, in FrameAddresses<TAddress> addresses)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => Service.HasTcp
            ? FrameWriter.Tcp(target, addresses, 1, 0, TcpFlags.Syn, 64_240)
            : FrameWriter.Udp(target, addresses, "whatif"u8);
}
