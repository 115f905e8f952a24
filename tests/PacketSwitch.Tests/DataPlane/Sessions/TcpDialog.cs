// One TCP connection through a real loop, frame by frame: what the client and the real server send, whether it came out on the other side,
// and what the session table thinks of it. Used by the tests of TcpTracker.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

internal sealed class TcpDialog : IDisposable
{
    public const uint ClientStart = 1000;
    public const uint ServerStart = 0xffff_fff0; // Sequence numbers wrap early in every dialog.
    public const ushort Window = 1000;

    private static readonly Ipv4Address Vip = TestFlows.Address<Ipv4Address>(TestFlows.Vip);
    internal static readonly MacAddress SwitchMac = new(0x0200_0000_0001);
    internal static readonly MacAddress RealMac = new(0x0200_0000_0100);

    private readonly MemoryPort _client = new(8);
    private readonly MemoryPort _server = new(1);
    private readonly SharedTables _tables;
    private readonly SnapshotCell _cell;
    private readonly PortLoop<NoTracer> _loop;
    private readonly byte[] _frame = new byte[2000];

    public TcpDialog(int reals = 1, FlowOffload? offload = null)
    {
        _tables = new SharedTables(64, 1)
        {
            Offloaded = offload is null ? null : new OffloadTable(offload),
        };
        _cell = new SnapshotCell(Snapshot(reals));
        _loop = new PortLoop<NoTracer>([_client, _server], [0, 1], _tables, _cell, default);
    }

    public PortLoop<NoTracer> Loop => _loop;

    /// <summary>A direction of the session as it stands in the table.</summary>
    public ref FlowEntry<Ipv4Address> Entry(bool fromClient)
        => ref _tables.Sessions4.Entry((Session * 2) + (fromClient ? 0 : 1));

    /// <summary>The port on the servers' side.</summary>
    public MemoryPort ServerSide => _server;

    /// <summary>Publishes the snapshot anew, as a change of the configuration does.</summary>
    public void Publish(Func<SwitchSnapshot, SwitchSnapshot> change)
    {
        SwitchSnapshot now = _cell.Current;
        _cell.Publish(change(now) with { Version = now.Version + 1 });
    }

    /// <summary>Where the client's next frame comes from.</summary>
    public MacAddress ClientMac { get; set; } = new(0x0200_0000_0002);

    /// <summary>The time of the next frame.</summary>
    public long NowNs { get; set; } = 1_000_000_000;

    /// <summary>The shared state of the client's session.</summary>
    public ref SessionState State => ref _tables.Sessions4.State(Session);

    public TcpStage Stage => State.Stage;

    /// <summary>Seconds without a frame until the session ends.</summary>
    public uint TimeoutSeconds => State.TimeoutTicks / Ticks.PerSecond;

    public int Sessions => _tables.SessionCount;

    /// <summary>The client's session, -1 when there is none.</summary>
    public int Session
    {
        get
        {
            FlowKey<Ipv4Address> key = TestFlows.ClientKey<Ipv4Address>(0);
            int flow = _tables.Sessions4.Find(ref key, _tables.Sessions4.Hash(ref key));
            return flow < 0 ? -1 : flow >> 1;
        }
    }

    public long Dropped(DropReason reason) => _loop.Counters.Dropped[(int)reason];

    public void Dispose() => _tables.Dispose();

    /// <summary>The client sends; true when the frame reached a real server.</summary>
    public bool Client(
        TcpFlags flags, uint sequence, uint acknowledgement = 0, int payload = 0, ushort window = Window,
        params byte[] options)
    {
        PutClient(flags, sequence, acknowledgement, payload, window, options);
        Pass();
        return Took(_server);
    }

    /// <summary>The client's frame waits; it comes with the others of the next <see cref="Pass"/>.</summary>
    public void PutClient(
        TcpFlags flags, uint sequence, uint acknowledgement = 0, int payload = 0, ushort window = Window,
        params byte[] options)
    {
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = ClientMac,
            DestinationMac = SwitchMac,
            Source = TestFlows.ClientKey<Ipv4Address>(0).Source,
            Destination = Vip,
            SourcePort = TestFlows.ClientKey<Ipv4Address>(0).SourcePort,
            DestinationPort = TestFlows.VirtualPort,
        };
        int length = FrameWriter.Tcp(
            _frame, addresses, sequence, acknowledgement, flags, window, options, new byte[payload]);
        Assert.True(_client.Enqueue(_frame.AsSpan(0, length)));
    }

    /// <summary>The real server of the session sends; true when the frame reached the client.</summary>
    public bool Server(
        TcpFlags flags, uint sequence, uint acknowledgement = 0, int payload = 0, ushort window = Window,
        params byte[] options)
    {
        FlowKey<Ipv4Address> key = _tables.Sessions4.Entry((Session * 2) + 1).Key;
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = RealMac,
            DestinationMac = SwitchMac,
            Source = key.Source,
            Destination = key.Destination,
            SourcePort = key.SourcePort,
            DestinationPort = key.DestinationPort,
        };
        int length = FrameWriter.Tcp(
            _frame, addresses, sequence, acknowledgement, flags, window, options, new byte[payload]);
        Assert.True(_server.Enqueue(_frame.AsSpan(0, length)));
        Pass();
        return Took(_client);
    }

    /// <summary>SYN, SYN-ACK, ACK.</summary>
    public TcpDialog Establish()
    {
        Assert.True(Client(TcpFlags.Syn, ClientStart));
        Assert.True(Server(TcpFlags.Syn | TcpFlags.Ack, ServerStart, ClientStart + 1));
        Assert.True(Client(TcpFlags.Ack, ClientStart + 1, ServerStart + 1));
        Assert.Equal(TcpStage.Established, Stage);
        return this;
    }

    /// <summary>The loop runs once.</summary>
    public void Pass() => _loop.RunOnce(NowNs);

    /// <summary>Seconds go by, and the whole table is swept.</summary>
    public void Wait(double seconds)
    {
        NowNs += (long)(seconds * 1e9);
        _loop.SweepAll(NowNs);
    }

    /// <summary>The destinations of all frames that reached real servers since the last look.</summary>
    public List<Ipv4Address> TakeServerDestinations()
    {
        var destinations = new List<Ipv4Address>();
        while (_server.TryTakeSent(out byte[] bytes))
        {
            Assert.True(EthernetView.TryWrap(bytes, out EthernetView ethernet));
            Assert.True(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip));
            Assert.True(FrameChecksums.AreValid(bytes));
            destinations.Add(ip.Destination);
        }
        return destinations;
    }

    /// <summary>The flags of the next frame the client has got, None when there is none.</summary>
    public TcpFlags TakeClientFlags()
    {
        if (!_client.TryTakeSent(out byte[] bytes))
        {
            return TcpFlags.None;
        }
        Assert.True(EthernetView.TryWrap(bytes, out EthernetView ethernet));
        Assert.True(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip));
        Assert.True(TcpView.TryWrap(ip.Payload, out TcpView tcp));
        return tcp.Flags;
    }

    private static bool Took(MemoryPort port)
    {
        bool taken = port.TryTakeSent(out byte[] bytes);
        Assert.True(!taken || FrameChecksums.AreValid(bytes));
        return taken;
    }

    internal static SwitchSnapshot Snapshot(int reals)
    {
        var members = new GroupMember[reals];
        var neighbors = new Neighbor[reals];
        for (int i = 0; i < reals; i++)
        {
            IpAddress address = IpAddress.From(new Ipv4Address(TestFlows.FirstReal + (uint)i));
            members[i] = GroupMember.Of(
                new RealServer((ushort)(i + 1), address, 1, 0, Ticks.FromSeconds(600), (ushort)i));
            neighbors[i] = new Neighbor(address, RealMac, 1, 0);
        }
        var group = new ServerGroup(1, new RoundRobin(members), members);
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
                [new ServiceKey(vip, TestFlows.VirtualPort, IpProtocol.Tcp)] =
                    new VirtualService(1, TestFlows.VirtualPort, TestFlows.RealPort, group, 0, false),
            },
            Neighbors = neighbors,
        };
    }
}
