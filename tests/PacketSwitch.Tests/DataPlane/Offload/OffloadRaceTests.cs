// The races that OffloadTable argues, two real threads for each: a carried session is given up by
// one loop, counted by one at a time, and given up by somebody when it ends while it is taken.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Offload;

public sealed class OffloadRaceTests : IDisposable
{
    private const int Rounds = 50_000;
    private const long Second = 1_000_000_000;

    private readonly Duel _duel;
    private readonly RacingOffload _offload;
    private readonly OffloadTable _table;
    private readonly SharedTables _tables;
    private readonly SwitchSnapshot _snapshot = TcpDialog.Snapshot(reals: 1);
    private readonly LoopContext _one;
    private readonly LoopContext _other;
    private readonly int _session;
    private long _nowNs = Second;
    private int _takenOften;

    public OffloadRaceTests(ITestOutputHelper output)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        _duel = new Duel(seed);
        _offload = new RacingOffload(capacity: 4, seed + 1);
        _table = new OffloadTable(_offload);
        _tables = new SharedTables(64, 1) { Offloaded = _table };
        IPacketPort[] ports = [new MemoryPort(8), new MemoryPort(1)];
        _one = new LoopContext(ports, _tables, _snapshot);
        _other = new LoopContext(ports, _tables, _snapshot);
        _session = TestFlows.Open(
            _tables.Sessions4, _one.Limbo4, TestFlows.ClientKey<Ipv4Address>(0));
        State.Real = 1;
        State.Stage = TcpStage.Established;
        _tables.Sessions4.MoveClient(_session, FlowPath.Attachment(0x0200_0000_0002, port: 0));
        Pass();
    }

    private ref SessionState State => ref _tables.Sessions4.State(_session);

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void Of_two_loops_that_take_a_session_back_one_does() => Race(
        Take,
        () => _one.Offload!.Recall(_tables.Sessions4, _session),
        () => _other.Offload!.Recall(_tables.Sessions4, _session));

    [Fact]
    public void A_session_is_counted_by_one_loop_at_a_time_while_it_is_taken_back() => Race(
        Take,
        () => _one.Offload!.Keep(),
        () => _other.Offload!.Recall(_tables.Sessions4, _session));

    [Fact]
    public void Of_two_loops_that_hand_a_session_over_one_does() => Race(
        () => { },
        () => HandOver(_one),
        () => HandOver(_other),
        endsItself: false);

    [Fact]
    public void A_session_that_ends_while_it_is_taken_is_given_up_by_somebody() => Race(
        () => State.Phase = (int)SessionPhase.Live,
        () => HandOver(_one),
        () =>
        {
            // As the table ends a session, without its index.
            Interlocked.Exchange(ref State.Phase, (int)SessionPhase.Ending);
            _other.Offload!.Recall(_tables.Sessions4, _session);
        });

    [Fact]
    public void A_session_whose_client_moves_while_it_is_taken_is_carried_to_where_it_is_now()
    {
        ulong mac = 0x0200_0000_0002;
        string? wrong = _duel.Run(
            Rounds,
            () => mac ^= 0x10,
            () => HandOver(_one),
            () =>
            {
                _tables.Sessions4.MoveClient(_session, FlowPath.Attachment(mac, port: 0));
                _other.Offload!.Recall(_tables.Sessions4, _session);
            },
            () => State.Offload != 0 && _offload.LastClient.Value != mac
                ? "it is carried to where it was" : GiveUp());

        Assert.Null(wrong);
    }

    private void Race(Action prepare, Action first, Action second, bool endsItself = true)
    {
        string? wrong = _duel.Run(Rounds, prepare, first, second, () => Judge(endsItself));

        Assert.Null(wrong);
        Assert.True(_offload.TakenOften > 0, "nothing was ever taken");
    }

    private string? Judge(bool isGivenUp)
    {
        if (isGivenUp && State.Offload != 0) return $"number {State.Offload} was not given up";
        if (!isGivenUp && State.Offload is 0 or OffloadKeeper.Asking) return "nobody has taken it";
        if (!isGivenUp && _offload.TakenOften != ++_takenOften) return "it was taken twice";
        _one.Offload!.Recall(_tables.Sessions4, _session);
        Pass();
        _one.Offload!.RecallAll();
        Pass();
        long counted = _one.Counters.Offloaded + _other.Counters.Offloaded;
        return _offload.Violation
            ?? (_offload.FreeNumbers != _offload.Capacity ? "a number was lost"
            : counted != _offload.Carried ? $"{_offload.Carried} carried, {counted} counted"
            : null);
    }

    private string? GiveUp()
    {
        _one.Offload!.Recall(_tables.Sessions4, _session);
        return Judge(isGivenUp: true);
    }

    // A second goes by in both loops: what was given up has cooled.
    private void Pass()
    {
        _nowNs += Second;
        _one.Begin(_nowNs, _snapshot);
        _other.Begin(_nowNs, _snapshot);
    }

    private void Take()
    {
        HandOver(_one);
        Assert.True(State.IsOffloaded);
    }

    private void HandOver(LoopContext loop)
    {
        loop.Offload!.Note(_session * 2, isV6: false);
        loop.Offload!.AfterSend();
    }
}
