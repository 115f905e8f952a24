// Who makes room in a full table: half-open sessions, older ones first, and nobody else.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class HalfOpenReaperTests : IDisposable
{
    private const int Sessions = Limits.EvictionWindow;

    private readonly SharedTables _tables = new(Sessions, seed: 1);

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void The_oldest_of_a_window_go_first()
    {
        // Ages in no order: 64 sessions, opened at 0, 27, 54 ... modulo 64.
        Fill(TcpStage.HalfOpen, session => (uint)(session * 27 % Sessions));
        var reaper = new HalfOpenReaper<Ipv4Address>(_tables.Sessions4);

        var victims = new List<uint>();
        for (int i = 0; i < Limits.EvictionCandidates; i++)
        {
            int victim = reaper.FindOldest(now: 1000);
            victims.Add(_tables.Sessions4.State(victim).OpenedAt);
            _tables.Sessions4.State(victim).Phase = (int)SessionPhase.Ending;
        }

        Assert.Equal(Enumerable.Range(0, Limits.EvictionCandidates).Select(i => (uint)i), victims);
    }

    [Fact]
    public void A_session_that_has_been_established_since_it_was_noted_is_left_alone()
    {
        Fill(TcpStage.SynReceived, session => (uint)session);
        var reaper = new HalfOpenReaper<Ipv4Address>(_tables.Sessions4);
        Assert.Equal(0, reaper.FindOldest(now: 1000));
        _tables.Sessions4.State(1).Stage = TcpStage.Established;
        _tables.Sessions4.State(2).OpenedAt = 900; // The slot's next session.

        Assert.Equal(3, reaper.FindOldest(now: 1000));
    }

    [Theory]
    [InlineData(TcpStage.Established)]
    [InlineData(TcpStage.Closing)]
    [InlineData(TcpStage.None)]
    public void Established_and_datagram_sessions_never_make_room(TcpStage stage)
    {
        Fill(stage, session => (uint)session);
        var reaper = new HalfOpenReaper<Ipv4Address>(_tables.Sessions4);

        Assert.Equal(-1, reaper.FindOldest(now: 1000));
    }

    private void Fill(TcpStage stage, Func<int, uint> openedAt)
    {
        for (int i = 0; i < Sessions; i++)
        {
            int session = _tables.Sessions4.Allocate();
            _tables.Sessions4.State(session) = new SessionState
            {
                Phase = (int)SessionPhase.Live,
                Stage = stage,
                OpenedAt = openedAt(session),
            };
        }
    }
}
