// Two loops, one for each direction of a few connections, give them to an offload and take them
// back, end them and open them anew, while snapshots are published and watches come and go. Every
// number ends and is freed once, and every carried frame is counted once.

using System.Diagnostics;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Offload;

public sealed class OffloadStressTests : IDisposable
{
    private const int Connections = 12;
    private const int Numbers = 8; // Fewer than connections: some find no room.
    private const int OftenTaken = 200;
    private const int LeastTaken = 10; // Where the time is over first.
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly int _seed = Environment.TickCount;
    private readonly RacingOffload _offload;
    private readonly SharedTables _tables;
    private readonly SnapshotCell _cell = new(TcpDialog.Snapshot(reals: 1));
    private readonly MemoryPort _client = new(8) { DiscardSent = true };
    private readonly MemoryPort _server = new(1) { DiscardSent = true };
    private readonly PortLoop<NoTracer> _clientLoop;
    private readonly PortLoop<NoTracer> _serverLoop;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public OffloadStressTests(ITestOutputHelper output)
    {
        output.WriteLine($"seed {_seed}");
        _offload = new RacingOffload(Numbers, _seed);
        _tables = new SharedTables(64, 1) { Offloaded = new OffloadTable(_offload) };
        IPacketPort[] ports = [_client, _server];
        _clientLoop = new PortLoop<NoTracer>(ports, [0], _tables, _cell, default, 0, 2);
        _serverLoop = new PortLoop<NoTracer>(ports, [1], _tables, _cell, default, 1, 2);
    }

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void Every_number_ends_once_and_every_frame_is_counted_once()
    {
        using var enough = new CancellationTokenSource(Patience);
        Thread[] threads =
        [
            Start(() => Send(_clientLoop, _client, fromClient: true, _seed + 1), enough),
            Start(() => Send(_serverLoop, _server, fromClient: false, _seed + 2), enough),
            Start(Disturb, enough),
        ];
        while (_offload.TakenOften < OftenTaken && !enough.IsCancellationRequested)
        {
            Thread.Sleep(1);
        }
        enough.Cancel();
        Array.ForEach(threads, thread => thread.Join());

        long now = _clock.Elapsed.Ticks * 100;
        _clientLoop.EndOffload(now);
        for (int i = 1; i <= 3; i++)
        {
            _serverLoop.RunOnce(now + (i * Second));
            _clientLoop.RunOnce(now + (i * Second));
        }

        Assert.Null(_offload.Violation);
        Assert.True(_offload.TakenOften >= LeastTaken, $"taken {_offload.TakenOften} times only");
        Assert.Equal(Numbers, _offload.FreeNumbers);
        LoopCounters[] counters = [_clientLoop.Counters, _serverLoop.Counters];
        Assert.Equal(_offload.Carried, counters.Sum(each => each.Offloaded));
        foreach (LoopCounters each in counters)
        {
            Assert.Equal(0, each.Faults);
            Assert.Equal(
                each.Received, each.Transmitted + each.Punted + each.DroppedTotal + each.Held);
        }
    }

    private static Thread Start(Action step, CancellationTokenSource enough)
    {
        var thread = new Thread(() =>
        {
            while (!enough.IsCancellationRequested) step();
        });
        thread.Start();
        return thread;
    }

    // A burst of one connection's frames: data mostly, at times its opening or its end.
    private void Send(PortLoop<NoTracer> loop, MemoryPort port, bool fromClient, int seed)
    {
        Random random = fromClient ? _clientRandom ??= new(seed) : _serverRandom ??= new(seed);
        int connection = random.Next(Connections);
        TcpFlags flags = random.Next(40) switch
        {
            0 => TcpFlags.Fin | TcpFlags.Ack,
            1 => TcpFlags.Rst | TcpFlags.Ack,
            < 12 => fromClient ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack,
            _ => TcpFlags.Ack,
        };
        int frames = flags == TcpFlags.Ack ? random.Next(40) : 1;
        for (int i = 0; i < frames; i++) Put(port, connection, flags, fromClient);
        loop.RunOnce(_clock.Elapsed.Ticks * 100);
    }

    private Random? _clientRandom, _serverRandom;

    private void Put(MemoryPort port, int connection, TcpFlags flags, bool fromClient)
    {
        FlowKey<Ipv4Address> client = TestFlows.ClientKey<Ipv4Address>(connection);
        FlowKey<Ipv4Address> key = fromClient ? client : TestFlows.ServerKey(client, 0);
        Span<byte> frame = stackalloc byte[200];
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = fromClient ? new MacAddress(0x0200_0000_0002) : TcpDialog.RealMac,
            DestinationMac = TcpDialog.SwitchMac,
            Source = key.Source,
            Destination = key.Destination,
            SourcePort = key.SourcePort,
            DestinationPort = key.DestinationPort,
        };
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        uint own = fromClient ? 1000u : 5000, other = fromClient ? 5001u : 1001;
        int length = FrameWriter.Tcp(
            frame, addresses, own + (isSyn ? 0u : 1), other, flags, 1000, [], new byte[10]);
        port.Enqueue(frame[..length]);
    }

    private void Disturb()
    {
        Thread.Sleep(5);
        SwitchSnapshot now = _cell.Current;
        _cell.Publish(now with { Version = now.Version + 1 });
        FrameWatch[] watches = now.Version % 8 == 0
            ? [new FrameWatch(new WatchRule { SnapBytes = 100 })] : [];
        _clientLoop.Watches.Publish(watches);
    }
}
