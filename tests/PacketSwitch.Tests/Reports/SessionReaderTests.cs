// The session table as reports read it while the switch works, and sessions that an operator ends.

using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Events;
using PacketSwitch.Control.Live;
using PacketSwitch.PacketIo;
using PacketSwitch.Reports;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Reports;

public sealed class SessionReaderTests : IDisposable
{
    private const int ServerPort = 0, ClientPort = 1;

    private static readonly SwitchConfig Config = Texts.Read("""
        sys / mac 02:00:00:00:00:99
        port 1 / intf a / server ena
        port 8 / intf b / client ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        real 2 / name web2 / rip 192.0.2.6 / mac 02:00:00:00:00:06 / ena
        group 1 / metric roundrobin / health none / add 1 / add 2
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            rport 8080
        slb on

        """);

    private readonly TestSwitch _switch = new(Config);
    private readonly SessionReader _reader;

    public SessionReaderTests()
    {
        var events = new EventJournal(TimeProvider.System);
        var live = new LiveConfig(
            Config, new ConfigStore("none.cfg", "none"), _switch.Control.Apply, events, NullLogger.Instance, TimeProvider.System);
        _reader = new SessionReader(new LiveView(
            _switch.Control, live, _switch.Tables, [_switch.Counters], _switch.Ports, () => _switch.NowNs));
    }

    [Fact]
    public void A_session_is_a_row_with_both_its_sides()
    {
        Connect(40_001);

        SessionRow row = Assert.Single(_reader.Read(new SessionSelector(), limit: 0).Sessions);
        Assert.Equal(
            ("tcp", "estab", "192.0.2.101", 40_001, "192.0.2.2", 80, "192.0.2.5", 8080, 1, "web1", 8, "E"),
            (row.Proto, row.State, row.Client, row.ClientPort, row.Vip, row.VipPort, row.Rip, row.Rport, row.Real, row.RealName,
                row.Port, row.Flags));
        Assert.Equal((2, 1), (row.PacketsIn, row.PacketsOut));
        Assert.Equal(600, row.ExpireS);
    }

    [Fact]
    public void Selectors_choose_and_a_limit_does_not_change_the_count()
    {
        foreach (int port in Enumerable.Range(40_001, 10))
            Connect((ushort)port);

        SessionsReport ofReal2 = _reader.Read(new SessionSelector { Real = 2 }, limit: 3);
        SessionsReport ofPort = _reader.Read(new SessionSelector { ClientPort = 40_004 }, limit: 0);

        Assert.Equal((5, 10, 3), (ofReal2.Matched, ofReal2.Total, ofReal2.Sessions.Count));
        Assert.All(ofReal2.Sessions, row => Assert.Equal(2, row.Real));
        Assert.Equal(40_004, Assert.Single(ofPort.Sessions).ClientPort);
        Assert.Equal(0, _reader.Read(new SessionSelector { State = "closed" }, limit: 0).Matched);
        Assert.Equal(0, _reader.Read(new SessionSelector { OlderThan = TimeSpan.FromHours(1) }, limit: 0).Matched);
    }

    [Fact]
    public void Sessions_that_are_ended_are_gone_and_both_sides_get_a_reset()
    {
        Connect(40_001);
        Connect(40_002);
        Drain(ServerPort);
        Drain(ClientPort);

        int told = Kill(new SessionSelector { ClientPort = 40_001 });

        Assert.Equal(1, told);
        Assert.Equal(40_002, Assert.Single(_reader.Read(new SessionSelector(), limit: 0).Sessions).ClientPort);
        Assert.Matches(" tcp A?R", Assert.Single(Drain(ServerPort)));
        Assert.Contains("192.0.2.101:40001", Assert.Single(Drain(ClientPort)), StringComparison.Ordinal);
        Assert.Null(_switch.FindImbalance());
    }

    [Fact]
    public void A_thousand_sessions_are_ended_in_bounded_steps()
    {
        foreach (int port in Enumerable.Range(30_000, 1_000))
            Connect((ushort)port);

        Assert.Equal(1_000, Kill(new SessionSelector { VirtualPort = 80 }));

        Assert.Equal(0, _switch.Tables.SessionCount);
        Assert.Null(_switch.FindImbalance());
    }

    public void Dispose() => _switch.Dispose();

    // The reader waits for the control plane, which this thread plays.
    private int Kill(SessionSelector selector)
    {
        Task<int> kill = Task.Run(() => _reader.Kill(selector));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _switch.Settle();
                return kill.IsCompleted;
            },
            Patience.Time));
        _switch.Settle();
        return kill.Result;
    }

    private void Connect(ushort port)
    {
        var towards = new FrameAddresses<Ipv4Address>
        {
            SourceMac = new MacAddress(0x02_00_00_00_01_01),
            DestinationMac = _switch.Mac,
            Source = Ipv4Address.Parse("192.0.2.101"),
            Destination = Ipv4Address.Parse("192.0.2.2"),
            SourcePort = port,
            DestinationPort = 80,
        };
        _switch.Enter(ClientPort, Segment(towards, 1, 0, TcpFlags.Syn));
        SessionRow row = _reader.Read(new SessionSelector { ClientPort = port }, limit: 1).Sessions[0];
        FrameAddresses<Ipv4Address> back = towards.Reversed with
        {
            SourceMac = new MacAddress(row.Real == 1 ? 0x02_00_00_00_00_05UL : 0x02_00_00_00_00_06UL),
            DestinationMac = _switch.Mac,
            Source = Ipv4Address.Parse(row.Rip),
            SourcePort = (ushort)row.Rport,
        };
        _switch.Enter(ServerPort, Segment(back, 1_000, 2, TcpFlags.Syn | TcpFlags.Ack));
        _switch.Enter(ClientPort, Segment(towards, 2, 1_001, TcpFlags.Ack));
    }

    private static byte[] Segment(FrameAddresses<Ipv4Address> addresses, uint sequence, uint acknowledgement, TcpFlags flags)
    {
        byte[] frame = new byte[128];
        return frame[..FrameWriter.Tcp(frame, addresses, sequence, acknowledgement, flags, 65_535, [], [])];
    }

    private List<string> Drain(int port)
    {
        List<string> frames = [];
        while (_switch.Ports[port].TryTakeSent(out byte[] bytes))
            frames.Add(FrameText.Describe(bytes));
        return frames;
    }
}
