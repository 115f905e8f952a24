// Two loops move the word of a flow, or the state that stands behind it, at once: neither the place
// of the client nor the settled bit is left wrong.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Offload;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class FlowPathTests : IDisposable
{
    private const int Rounds = 50_000;
    private const int Flow = 0;

    private readonly SessionTable<Ipv4Address> _table = new(4, 1, new EpochDomain());
    private readonly Duel _duel;

    public FlowPathTests(ITestOutputHelper output)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        _duel = new Duel(seed);
        Assert.Equal(0, _table.Allocate());
        TestFlows.Fill(_table, 0, TestFlows.ClientKey<Ipv4Address>(0), real: 0);
        Assert.Equal(SessionOpening.Opened, _table.Publish(0, new()));
    }

    private ref SessionState State => ref _table.State(0);

    private ref ulong ClientPath => ref _table.Entry(Flow).Path;

    private ref ulong ServerPath => ref _table.Entry(Flow + 1).Path;

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_place_is_a_mac_and_a_port_beside_the_bits()
    {
        ulong path = FlowPath.Attachment(0x0200_1234_5678, 63);
        FlowPath.Mark(ref path, FlowPath.Settled, isSet: true);

        Assert.Equal(0x0200_1234_5678UL, FlowPath.MacOf(path));
        Assert.Equal(63, FlowPath.PortOf(path));
        Assert.Equal(FlowPath.Settled, path - FlowPath.AttachmentOf(path));

        FlowPath.Mark(ref path, FlowPath.Settled, isSet: false);
        Assert.Equal(path, FlowPath.AttachmentOf(path));
    }

    [Fact]
    public void Both_directions_agree_on_where_the_client_is_when_two_loops_have_moved_it()
    {
        ulong round = 0;
        FlowPath.Mark(ref ServerPath, FlowPath.WholeWindow, isSet: true);

        Race(
            () => round++,
            () => _table.MoveClient(0, FlowPath.Attachment(round, 1)),
            () => _table.MoveClient(0, FlowPath.Attachment(round, 2)),
            () => FlowPath.AttachmentOf(ServerPath) == FlowPath.AttachmentOf(ClientPath)
                && FlowPath.MacOf(ClientPath) == round
                && (ServerPath & FlowPath.WholeWindow) != 0);
    }

    [Fact]
    public void A_flow_does_not_stay_settled_when_its_session_s_stage_changes_meanwhile()
        => RaceWithSettling(() => State.Reach(
            TcpStage.Closing, SessionFlags.ClientFin, SessionTimers.Alteon));

    [Fact]
    public void A_flow_does_not_stay_settled_when_its_session_is_handed_over_meanwhile()
        => RaceWithSettling(() => Interlocked.Exchange(ref State.Offload, 1));

    private void RaceWithSettling(Action change) => Race(
        () =>
        {
            State.Stage = TcpStage.Established;
            State.Flags = SessionFlags.None;
            State.Offload = 0;
            _table.Entry(Flow).Acknowledged = 1;
        },
        () => _table.TrySettle(Flow),
        () =>
        {
            change();
            _table.Unsettle(0);
        },
        () => (ClientPath & FlowPath.Settled) == 0);

    private void Race(Action prepare, Action first, Action second, Func<bool> isRight)
        => Assert.Null(_duel.Run(
            Rounds, prepare, first, second,
            () => isRight() ? null : $"client {ClientPath:x}, server {ServerPath:x}"));
}
