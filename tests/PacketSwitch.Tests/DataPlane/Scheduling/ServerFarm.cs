// A whole switch, real servers and any number of clients, of either address family: clients send first frames, the test asks which server each
// session has got. The control plane is the real one and is told what health checks and operators would tell it. Used by the tests
// of the choice of the server.

using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Scheduling;

internal sealed class ServerFarm : IDisposable
{
    private const ulong Seed = 0x6661_726d;
    private const long Second = 1_000_000_000;

    private static readonly MacAddress ClientMac = new(0x0200_0000_0c01);

    private readonly bool _isV6;
    private readonly MemoryPort _clients = new(8);
    private readonly MemoryPort _servers = new(1);
    private readonly PortLoop<NoTracer> _loop;
    private readonly byte[] _frame = new byte[200];

    /// <summary>Builds the switch.</summary>
    /// <param name="isV6">The address family.</param>
    /// <param name="config">
    /// Configuration text; <c>$7</c> is the address of real server 7, <c>$v</c> the virtual server's, <c>$p</c> and <c>$q</c> are proxy
    /// addresses. Ports 8 (clients) and 1 (servers), <c>slb on</c> and a static MAC for every server come by themselves.
    /// </param>
    /// <param name="sessions">Room in the session table.</param>
    /// <param name="keepsSent">What is sent can be looked at.</param>
    public ServerFarm(bool isV6, string config, int sessions = 16_384, bool keepsSent = false)
    {
        _isV6 = isV6;
        _clients.DiscardSent = _servers.DiscardSent = !keepsSent;
        Tables = new SharedTables(sessions, Seed);
        Control = new ControlPlane(
            Read(config), [8, 1], SwitchMacs.OfReplay, Tables, NullLogger.Instance, isLive: false);
        _loop = new PortLoop<NoTracer>([_clients, _servers], [0, 1], Tables, Control.Cell, default);
        Control.Start([LoopLink.To(_loop, [0, 1], () => { })], NowNs);
        Settle();
    }

    public ControlPlane Control { get; }
    public SharedTables Tables { get; }
    public LoopCounters Counters => _loop.Counters;
    public long NowNs { get; private set; } = 100 * Second;

    /// <summary>Sessions of each real server from 1 to <paramref name="count"/>.</summary>
    public int[] Loads(int count) => [.. Enumerable.Range(1, count).Select(Tables.Loads.Current)];

    /// <summary>A name of the configuration text, such as <c>$v</c> or <c>$p</c>, as an address.</summary>
    public string AddressOf(string name) => Replace(name).Split(' ')[0];

    /// <summary>The client's address.</summary>
    public string ClientAddress(int client, int host = 1)
        => _isV6 ? V6(client, host).ToString() : V4(client, host).ToString();

    /// <summary>The next frame that was sent to servers, or to clients.</summary>
    public byte[] TakeSent(bool toServers)
        => (toServers ? _servers : _clients).TryTakeSent(out byte[] frame)
            ? frame : throw new InvalidOperationException("nothing was sent there");

    /// <summary>A server's frame enters.</summary>
    public void EnterFromServer(byte[] frame)
    {
        Assert.True(_servers.Enqueue(frame));
        Settle();
    }

    /// <summary>Makes another configuration the running one.</summary>
    public void Apply(string config)
    {
        Control.Apply(Read(config));
        Settle();
    }

    public void Fail(params int[] reals)
    {
        Control.SetHealth(reals.Aggregate(Control.Facts.Health, (health, real) => health.WithFailed(real, NowNs)));
        Settle();
    }

    public void Restore(params int[] reals)
    {
        Control.SetHealth(reals.Aggregate(Control.Facts.Health, (health, real) => health.WithUp(real, NowNs)));
        Settle();
    }

    /// <summary>Opens a session; the number of its real server, 0 when it is refused.</summary>
    /// <param name="client">The client: each has a /24, or a /56, of its own.</param>
    /// <param name="sourcePort">Its port.</param>
    /// <param name="service">The service's port.</param>
    /// <param name="host">The host within the client's network.</param>
    /// <param name="udp">UDP in place of TCP.</param>
    public int Open(int client, int sourcePort = 2000, int service = 80, int host = 1, bool udp = false)
    {
        Send(client, sourcePort, service, host, udp, TcpFlags.Syn);
        return RealOf(client, sourcePort, service, host, udp);
    }

    /// <summary>The client withdraws its SYN: the session ends a few seconds later.</summary>
    public void Reset(int client, int sourcePort = 2000, int service = 80, int host = 1)
        => Send(client, sourcePort, service, host, udp: false, TcpFlags.Rst);

    /// <summary>The client sends another datagram.</summary>
    public int SendAgain(int client, int sourcePort = 2000, int service = 80, int host = 1)
        => Open(client, sourcePort, service, host, udp: true);

    /// <summary>The real server of a session, 0 when there is none.</summary>
    public int RealOf(int client, int sourcePort = 2000, int service = 80, int host = 1, bool udp = false)
        => _isV6 ? RealOf(Tables.Sessions6, V6(client, host), Vip.V6, sourcePort, service, udp)
            : RealOf(Tables.Sessions4, V4(client, host), Vip.V4, sourcePort, service, udp);

    /// <summary>Seconds go by one after the other, as they do.</summary>
    public void Wait(double seconds)
    {
        long end = NowNs + (long)(seconds * 1e9);
        while (NowNs < end)
        {
            NowNs = Math.Min(NowNs + Second, end);
            Settle();
            _loop.SweepAll(NowNs);
        }
    }

    public void Dispose()
    {
        AssertCountsAreTrue();
        Tables.Dispose();
    }

    /// <summary>Σ sessions per real server = entries in the tables.</summary>
    public void AssertCountsAreTrue()
    {
        var found = new int[Limits.MaxIdentifier];
        CountIn(Tables.Sessions4, found);
        CountIn(Tables.Sessions6, found);
        Assert.Equal(found, Enumerable.Range(0, Limits.MaxIdentifier).Select(Tables.Loads.Current));
        Assert.Equal(0, Counters.Faults);
    }

    private IpAddress Vip => IpAddress.Parse(_isV6 ? "2001:db8:ffff::100" : "10.1.1.100");

    private static Ipv4Address V4(int client, int host) => new(0x0b00_0000 + ((uint)client << 8) + (uint)host);

    private static Ipv6Address V6(int client, int host)
        => new(0x2001_0db8_0000_0000 + ((ulong)client << 8), (ulong)host);

    private string Replace(string config)
    {
        for (int real = 99; real > 0; real--)
        {
            string address = _isV6 ? $"2001:db8:fffe::{real}" : $"10.2.0.{real}";
            config = config.Replace($"${real}", $"{address} / mac 02:00:00:00:00:{real:x2}");
        }
        return config.Replace("$v", Vip.ToString())
            .Replace("$p", _isV6 ? "2001:db8:fffe::a1" : "10.2.0.201")
            .Replace("$q", _isV6 ? "2001:db8:fffe::a2" : "10.2.0.202");
    }

    private SwitchConfig Read(string config)
    {
        string text = Replace(config)
            + "\nport 8 / intf c / client ena\nport 1 / intf s / server ena\nslb on\n";
        return Texts.Read(text);
    }

    private void Settle()
    {
        while (_loop.RunOnce(NowNs) + Control.RunOnce(NowNs) > 0)
        {
        }
    }

    private void Send(int client, int sourcePort, int service, int host, bool udp, TcpFlags flags)
    {
        int length = _isV6
            ? Write(V6(client, host), Vip.V6, sourcePort, service, udp, flags)
            : Write(V4(client, host), Vip.V4, sourcePort, service, udp, flags);
        Assert.True(_clients.Enqueue(_frame.AsSpan(0, length)));
        Settle();
    }

    private int Write<TAddress>(
        TAddress client, TAddress vip, int sourcePort, int service, bool udp, TcpFlags flags)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = ClientMac,
            DestinationMac = SwitchMacs.OfReplay,
            Source = client,
            Destination = vip,
            SourcePort = (ushort)sourcePort,
            DestinationPort = (ushort)service,
        };
        uint sequence = (flags & TcpFlags.Syn) != 0 ? 1000u : 1001u;
        return udp ? FrameWriter.Udp(_frame, addresses, [1, 2, 3])
            : FrameWriter.Tcp(_frame, addresses, sequence, 0, flags, 1000, [], []);
    }

    private static int RealOf<TAddress>(
        SessionTable<TAddress> table, TAddress client, TAddress vip, int sourcePort, int service, bool udp)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var key = new FlowKey<TAddress>
        {
            Source = client,
            Destination = vip,
            SourcePort = (ushort)sourcePort,
            DestinationPort = (ushort)service,
            Protocol = udp ? IpProtocol.Udp : IpProtocol.Tcp,
            Side = FlowSide.Client,
        };
        int flow = table.Find(ref key, table.Hash(ref key));
        return flow < 0 ? 0 : table.State(flow >> 1).Real;
    }

    private static void CountIn<TAddress>(SessionTable<TAddress> table, int[] found)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        for (int session = 0; session < table.Used; session++)
        {
            if (table.State(session).Phase == (int)SessionPhase.Live)
            {
                found[table.State(session).Real]++;
            }
        }
    }
}
