// Health from end to end: real checks of servers on this machine's loopback network, the control plane that counts and tells, and the frames
// that follow. The waits are for conditions, each with a bound.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Events;
using PacketSwitch.Control.Health;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Health;

[Collection(MachineCollection.Name)]
public sealed class CheckedServersTests : IDisposable
{
    // Indexes: ports are in the order of their numbers.
    private const int ServerPort = 0, ClientPort = 1;

    private static readonly Ipv4Address Client = Ipv4Address.Parse("10.0.0.1");
    private static readonly Ipv4Address Vip = Ipv4Address.Parse("10.0.0.100");

    private readonly Socket?[] _servers = new Socket?[3];
    private readonly int _port;
    private readonly byte[] _frame = new byte[200];
    private TestSwitch? _switch;

    public CheckedServersTests()
    {
        _port = Listen(1, 0);
        Listen(2, _port);
    }

    [Fact]
    public void A_server_is_in_service_only_after_its_first_success()
    {
        Run("");
        Assert.All(_switch!.Control.ReadHealth(), report => Assert.False(report.IsUp));
        Assert.False(_switch.Snapshot.VirtualServers.Values.Single().InService);

        Await(() => IsUp(1) && IsUp(2));

        Assert.True(_switch.Snapshot.VirtualServers.Values.Single().InService);
        SwitchEvent up = Event("real-up", "real 1");
        Assert.Matches(
            $@"^real 1 web1 UP: tcp 127\.0\.0\.1:{_port} L4OK in \d+\.\d ms, 1 of 1; \d reals? left in group 1$", up.Message);
        CheckReport check = Assert.Single(_switch.Control.ReadHealth()[0].Checks);
        Assert.Equal((HealthStatus.L4OK, 0, 2), (check.Status, check.FailedInRow, check.FailuresToDown));
        Assert.NotNull(check.At);
    }

    [Fact]
    public void A_server_that_refuses_has_failed_after_retry_checks_and_comes_back_after_restr()
    {
        Run("");
        Await(() => IsUp(1) && IsUp(2));

        _servers[1]!.Dispose();
        Await(() => !IsUp(1));

        Assert.Equal(
            $"real 1 web1 FAILED: tcp 127.0.0.1:{_port} L4CON refused, 2 of 2; 1 real left in group 1, 0 sessions ended",
            Event("real-failed", "real 1").Message);
        Assert.Equal("group 1 has only 1 real left (realthr 1)", Event("group-low", "group 1").Message);
        Assert.Equal(2, OpenOnce(2000));
        Listen(1, _port);
        Await(() => IsUp(1));
        Assert.Equal(2, _switch!.Control.Events.After(0, out _).Count(one => one is { Kind: "real-up", Object: "real 1" }));
    }

    [Fact]
    public void The_first_failure_at_the_start_is_told_at_once()
    {
        _servers[2]!.Dispose();

        // A check has its interval to answer; other tests may keep the runtime's threads busy for a while.
        Run("real 2 / inter 10 / retry 60\n");
        Await(() => Find("real-failed", "real 2") is not null);

        Assert.StartsWith(
            $"real 2 web2 FAILED: tcp 127.0.0.2:{_port} L4CON refused, its first check; ",
            Event("real-failed", "real 2").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_check_a_server_is_up_from_the_start()
    {
        Run("real 1 / health none\n");

        RealHealthReport report = _switch!.Control.ReadHealth()[0];
        Assert.Equal((true, false, null), (report.IsUp, report.IsChecked, report.SinceNs));
        Assert.Equal(1, OpenOnce(2000));
    }

    [Fact]
    public void Another_check_of_a_server_in_service_does_not_take_it_out()
    {
        Run("");
        Await(() => IsUp(1) && IsUp(2));

        _switch!.Control.Apply(Read("virt 1/service 81 / rport 9\n"));

        Assert.True(IsUp(1) && IsUp(2));
        Await(() => !IsUp(1)); // The new check fails, as often as it must.
        Assert.Contains(
            "tcp 127.0.0.1:9 L4CON refused, 2 of 2", Event("real-failed", "real 1").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_refused_syns_in_a_row_count_as_failed_checks()
    {
        Run("group 1 / passive ena / rem 2\nreal 1 / inter 60\n");
        Await(() => IsUp(1));

        RefuseOnce(3000);
        RefuseOnce(3001);
        AcceptOnce(3002);
        RefuseOnce(3003);
        RefuseOnce(3004);
        Assert.True(IsUp(1));
        RefuseOnce(3005);
        _switch!.Settle();

        Assert.False(IsUp(1));
        Assert.Equal(
            $"real 1 web1 FAILED: tcp 127.0.0.1:{_port} L4CON 3 SYNs in a row refused, 2 of 2; 0 reals left in group 1, "
                + "6 sessions ended",
            Event("real-failed", "real 1").Message);
        Assert.Equal("group 1 has no real server in service", Event("group-down", "group 1").Message);
    }

    [Fact]
    public void Refused_syns_do_not_count_with_passive_dis()
    {
        Run("group 1 / rem 2\nreal 1 / inter 60\n");
        Await(() => IsUp(1));

        for (int port = 3000; port < 3006; port++)
        {
            RefuseOnce(port);
        }

        Assert.True(IsUp(1));
    }

    [Fact]
    public void An_arp_check_is_asked_and_heard_by_frames()
    {
        Run("group 1 / health arp / rem 2\nreal 1 / mac none\n");

        // The switch asks for the MAC to send to, and the check asks: a server answers both.
        Await(() =>
        {
            while (TryTakeArp(out byte[]? question)) AnswerArp(question!);
            return IsUp(1);
        });
        Assert.Equal(HealthStatus.L2OK, _switch!.Control.ReadHealth()[0].Checks.Single().Status);
    }

    public void Dispose()
    {
        _switch?.Control.StopHealth();
        _switch?.Dispose();
        foreach (Socket? server in _servers)
        {
            server?.Dispose();
        }
    }

    private void Run(string more)
    {
        _switch = new TestSwitch(Read(more));
        // What the checks find is heard when the switch runs next.
        _switch.Control.StartHealth(HealthPath.Host, new Random(1));
    }

    private SwitchConfig Read(string more) => Texts.Read($"""
        port 8 / intf c / client ena
        port 1 / intf s / server ena
        real 1 / name web1 / rip 127.0.0.1 / mac 02:00:00:00:00:01 / inter 3 / retry 2 / ena
        real 2 / name web2 / rip 127.0.0.2 / mac 02:00:00:00:00:02 / inter 3 / retry 2 / ena
        group 1 / add 1 / add 2 / realthr 1
        virt 1 / vip {Vip} / ena
        virt 1/service 80 / rport {_port}
        slb on
        {more}
        """);

    private int Listen(int number, int port)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{number}"), port));
        server.Listen();
        _servers[number] = server;
        return ((IPEndPoint)server.LocalEndPoint!).Port;
    }

    private void Await(Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience.Time)
        {
            _switch!.Settle();
            if (condition())
            {
                return;
            }
            SpinWait.SpinUntil(() => !_switch.Control.Mailbox.IsEmpty, 20);
        }
        Assert.Fail($"not within {Patience.Time}: {string.Join("; ", _switch!.Control.Events.After(0, out _).Select(e => e.Message))}");
    }

    private bool IsUp(int real) => _switch!.Control.ReadHealth()[real - 1].IsUp;

    private SwitchEvent? Find(string kind, string subject)
        => _switch!.Control.Events.After(0, out _).LastOrDefault(one => one.Kind == kind && one.Object == subject);

    private SwitchEvent Event(string kind, string subject) => Find(kind, subject) ?? throw new InvalidOperationException(
        $"no {kind} of {subject}");

    private bool TryTakeArp(out byte[]? frame)
    {
        while (_switch!.Ports[ServerPort].TryTakeSent(out frame))
        {
            if (EthernetView.TryWrap(frame, out EthernetView ethernet) && ethernet.EtherType == EtherTypes.Arp)
            {
                return true;
            }
        }
        return false;
    }

    private void AnswerArp(byte[] question)
    {
        Assert.Equal("127.0.0.1", WrapArp(question).TargetAddress.ToString());
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:01");
        int length = FrameWriter.Arp(_frame, ArpOperation.Reply, _switch!.Mac, mac,
            mac, Ipv4Address.Parse("127.0.0.1"), _switch.Mac, Vip, 0);
        _switch.Enter(ServerPort, _frame.AsSpan(0, length));
    }

    private static ArpView WrapArp(byte[] frame)
    {
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        Assert.True(ArpView.TryWrap(ethernet.Payload, out ArpView arp));
        return arp;
    }

    // The real server that a SYN from this port is sent to.
    private int OpenOnce(int clientPort)
    {
        int[] before = [_switch!.Tables.Loads.Current(1), _switch.Tables.Loads.Current(2)];
        FromClient(clientPort);
        return _switch.Tables.Loads.Current(1) > before[0] ? 1 : _switch.Tables.Loads.Current(2) > before[1] ? 2 : 0;
    }

    private void RefuseOnce(int clientPort)
    {
        FromClient(clientPort);
        FromServer(clientPort, TcpFlags.Rst | TcpFlags.Ack);
    }

    private void AcceptOnce(int clientPort)
    {
        FromClient(clientPort);
        FromServer(clientPort, TcpFlags.Syn | TcpFlags.Ack);
    }

    private void FromClient(int clientPort) => Send(ClientPort, Client, clientPort, Vip, 80, 1000, 0, TcpFlags.Syn);

    private void FromServer(int clientPort, TcpFlags flags)
        => Send(ServerPort, Ipv4Address.Parse("127.0.0.1"), _port, Client, clientPort, 5000, 1001, flags);

    private void Send(
        int port, Ipv4Address source, int sourcePort, Ipv4Address target, int targetPort, uint sequence, uint ack, TcpFlags flags)
    {
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = MacAddress.Parse(port == ClientPort ? "02:00:00:00:0c:01" : "02:00:00:00:00:01"),
            DestinationMac = _switch!.Mac,
            Source = source,
            Destination = target,
            SourcePort = (ushort)sourcePort,
            DestinationPort = (ushort)targetPort,
        };
        int length = FrameWriter.Tcp(_frame, addresses, sequence, ack, flags, 1000, [], []);
        _switch.Enter(port, _frame.AsSpan(0, length));
    }
}
