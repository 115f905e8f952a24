// How far a session has come is moved by two loops at once: nothing that either has seen is lost.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class SessionStateTests
{
    private const int Rounds = 20_000;
    private const uint IdleTicks = 4000;

    private static readonly SessionTimers Timers = SessionTimers.Alteon;

    [Theory]
    [InlineData(TcpStage.HalfOpen)]
    [InlineData(TcpStage.SynReceived)]
    [InlineData(TcpStage.Established)]
    [InlineData(TcpStage.Closing)]
    [InlineData(TcpStage.Closed)]
    public void A_stage_never_goes_back(TcpStage reached)
    {
        var state = new SessionState { Stage = TcpStage.HalfOpen, IdleTicks = IdleTicks };

        state.Reach(reached, SessionFlags.None, Timers);
        uint timeout = state.TimeoutTicks;
        state.Reach(TcpStage.HalfOpen, SessionFlags.None, Timers);

        Assert.Equal(reached, state.Stage);
        Assert.Equal(timeout, state.TimeoutTicks);
    }

    [Fact]
    public void What_stood_in_the_flags_stays()
    {
        var state = new SessionState
        {
            Stage = TcpStage.Established,
            Flags = SessionFlags.Bound | SessionFlags.ResetAtEnd,
            ClientWindowShift = 7,
            ServerWindowShift = 9,
        };

        state.Reach(TcpStage.Closing, SessionFlags.ServerFin, Timers);

        Assert.Equal(
            SessionFlags.Bound | SessionFlags.ResetAtEnd | SessionFlags.ServerFin, state.Flags);
        Assert.Equal((7, 9), (state.ClientWindowShift, state.ServerWindowShift));
        Assert.Equal(Timers.Closing, state.TimeoutTicks);
    }

    [Theory]
    [InlineData(SessionFlags.None, TcpStage.Established)]
    [InlineData(SessionFlags.ClientFin, TcpStage.Closing)]
    public void A_close_in_doubt_is_taken_back(SessionFlags seen, TcpStage back)
    {
        var state = new SessionState { Stage = back, Flags = seen, IdleTicks = IdleTicks };

        state.Doubt(Timers);
        TcpStage doubted = state.Stage;
        state.Revive(Timers);

        Assert.Equal((TcpStage.Closed, back, seen), (doubted, state.Stage, state.Flags));
        Assert.Equal(back == TcpStage.Established ? IdleTicks : Timers.Closing, state.TimeoutTicks);
    }

    [Fact]
    public void A_certain_close_is_not_taken_back_by_who_doubts()
    {
        int open = 0;

        Race(
            (ref SessionState one) => one.Reach(TcpStage.Closed, SessionFlags.None, Timers),
            (ref SessionState one) =>
            {
                one.Doubt(Timers);
                one.Revive(Timers);
            },
            state => open += IsClosed(state) ? 0 : 1);

        Assert.Equal(0, open);
    }

    [Fact]
    public void A_fin_from_each_side_at_the_same_moment_closes()
    {
        int open = 0;

        Race(
            (ref SessionState one) => one.Reach(TcpStage.Closing, SessionFlags.ClientFin, Timers),
            (ref SessionState one) => one.Reach(TcpStage.Closing, SessionFlags.ServerFin, Timers),
            state => open += IsClosed(state) ? 0 : 1);

        Assert.Equal(0, open);
    }

    [Fact]
    public void A_reset_beside_the_end_of_the_handshake_closes()
    {
        int open = 0;

        Race(
            (ref SessionState one) => one.Reach(TcpStage.Established, SessionFlags.None, Timers),
            (ref SessionState one) => one.Reach(TcpStage.Closed, SessionFlags.None, Timers),
            state => open += IsClosed(state) ? 0 : 1);

        Assert.Equal(0, open);
    }

    private static bool IsClosed(in SessionState state)
        => state.Stage == TcpStage.Closed && state.TimeoutTicks == Timers.Closed;

    private delegate void Move(ref SessionState state);

    // Two threads move one state after the other, meeting before each.
    private static void Race(Move left, Move right, Action<SessionState> judge)
    {
        var states = new SessionState[1];
        using var meeting = new Barrier(2);
        var thread = new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                meeting.SignalAndWait();
                right(ref states[0]);
                meeting.SignalAndWait();
            }
        });
        thread.Start();
        for (int round = 0; round < Rounds; round++)
        {
            states[0] = new SessionState { Stage = TcpStage.SynReceived, IdleTicks = IdleTicks };
            meeting.SignalAndWait();
            left(ref states[0]);
            meeting.SignalAndWait();
            judge(states[0]);
        }
        thread.Join();
    }
}
