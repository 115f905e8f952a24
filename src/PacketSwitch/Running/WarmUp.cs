// Has the runtime load and compile what a switch runs on, beside the work that the start waits for:
// while `run` reads its command line, its configuration and opens its ports, a port that does not
// exist is opened, and a small switch in memory forwards one connection. What it compiles is not
// compiled again. It shares nothing with the switch that is
// started, and whatever goes wrong in it costs time only.

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Running;

/// <summary>A switch in memory that is forgotten again.</summary>
internal static class WarmUp
{
    private const int Sessions = 1024, MostPasses = 100;
    private const ulong Seed = 1;

    private static readonly MacAddress ClientMac = MacAddress.Parse("02:00:00:00:00:08");
    private static readonly MacAddress ServerMac = MacAddress.Parse("02:00:00:00:00:01");

    /// <summary>Begins it on a thread of its own; nobody waits for it. On one processor it would
    /// only take turns.</summary>
    public static void Begin()
    {
        if (Environment.ProcessorCount > 1)
            new Thread(RunQuietly) { Name = "warm-up", IsBackground = true }.Start();
    }

    private static void RunQuietly()
    {
        try
        {
            Run();
        }
        catch (Exception)
        {
            // What would fail in the switch itself fails there, with its message.
        }
    }

    /// <summary>Forwards a SYN to a server and its answer back; returns how many frames were
    /// sent.</summary>
    internal static int Run()
    {
        SwitchConfig config = Config();
        LoadWhatOpens();
        using var tables = new SharedTables(Sessions, Seed);
        MemoryPort[] ports = [.. config.Ports.Select(port => new MemoryPort(port.Id))];
        int[] all = [.. Enumerable.Range(0, ports.Length)];
        var control = new ControlPlane(config, [.. ports.Select(port => port.Id)],
            SwitchMacs.OfReplay, tables, NullLogger.Instance, isLive: false);
        var loop = new PortLoop<NoTracer>(ports, all, tables, control.Cell, default);
        control.Start([LoopLink.To(loop, all, () => { })], nowNs: 0);
        Ipv4Address client = Ipv4Address.Parse("192.0.2.101");
        Send(ports[^1], ClientMac, client, Ipv4Address.Parse("192.0.2.2"), 1024, 80, TcpFlags.Syn);
        Settle(loop, control);
        Send(ports[0], ServerMac, Ipv4Address.Parse("192.0.2.5"), client, 80, 1024,
            TcpFlags.Syn | TcpFlags.Ack);
        Settle(loop, control);
        return (int)loop.Counters.Transmitted;
    }

    // What claims interfaces, opens ports and writes lines. No interface has such a name.
    private static void LoadWhatOpens()
    {
        using var logs = new LoggerFactory([new LineLogger(TextWriter.Null)]);
        RunLog.Backend(logs.CreateLogger("warm-up"), "warm-up");
        using var claims = new InterfaceClaims();
        claims.TryTake([new PortConfig(1) { Interface = "/" }], out _);
        using var factory = new PortFactory(_ => { });
        factory.AllowOffload();
        factory.TryOpen(PortKind.Ring, 1, "/", out _, out _);
        factory.Flows?.Dispose();
    }

    private static SwitchConfig Config() => ConfigChecker.Check("""
        port 8 / intf c / client ena
        port 1 / intf s / server ena
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        real 1 / rip 192.0.2.5 / mac 02:00:00:00:00:01 / ena
        group 1 / health none / add 1
        virt 1 / vip 192.0.2.2 / ena / service 80
        slb on
        """, "warm-up", ConfigUse.Replay).Config;

    private static void Settle(PortLoop<NoTracer> loop, ControlPlane control)
    {
        for (int pass = 0; pass < MostPasses && loop.RunOnce(0) + control.RunOnce(0) > 0; pass++)
        {
        }
    }

    private static void Send(MemoryPort port, MacAddress mac, Ipv4Address source,
        Ipv4Address destination, ushort sourcePort, ushort destinationPort, TcpFlags flags)
    {
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = mac,
            DestinationMac = SwitchMacs.OfReplay,
            Source = source,
            Destination = destination,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
        };
        byte[] frame = new byte[FrameWriter.MinimumFrameLength];
        FrameWriter.PadToMinimum(frame, FrameWriter.Tcp(frame, addresses, 1000, 0, flags, 65_535));
        port.Enqueue(frame);
    }
}
