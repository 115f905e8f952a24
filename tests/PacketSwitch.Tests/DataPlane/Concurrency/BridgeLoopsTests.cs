// Two ports on one segment: of any pair exactly one is taken out of the bridge, whichever loops see
// it at once.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class BridgeLoopsTests
{
    private const int Low = 1, High = 4;
    private const uint Now = 10_000;

    private static readonly uint TraceTicks =
        Ticks.PerSecond * Limits.FloodTraceMilliseconds / 1000;

    private readonly BridgeLoops _loops = new();

    [Fact]
    public void The_same_bytes_on_another_port_show_the_port_they_came_in_on_first()
    {
        byte[] frame = [1, 2, 3, 4, 5, 6, 7, 8, 9];

        Assert.Equal(-1, _loops.Note(frame, Low, Now));
        Assert.Equal(-1, _loops.Note(frame, Low, Now));
        Assert.Equal(Low, _loops.Note(frame, High, Now + TraceTicks));
    }

    [Fact]
    public void Other_bytes_or_a_later_moment_show_nothing()
    {
        Assert.Equal(-1, _loops.Note([1, 2, 3], Low, Now));
        Assert.Equal(-1, _loops.Note([1, 2, 4], High, Now));
        Assert.Equal(-1, _loops.Note([1, 2, 3], High, Now + TraceTicks + 1));
    }

    [Fact]
    public void A_port_that_is_out_stays_out_while_frames_go_round_and_comes_back_later()
    {
        uint block = Ticks.FromSeconds(Limits.LoopBlockSeconds);
        Assert.True(_loops.Block(High, Low, Now));

        // The same loop, seen from its other port.
        Assert.False(_loops.Block(Low, High, Now + block - 1));

        Assert.False(_loops.IsBlocked(Low, Now + block));
        Assert.True(_loops.IsBlocked(High, Now + block));
        Assert.False(_loops.IsBlocked(High, Now + (2 * block) + 1));
    }

    [Fact]
    public void It_is_news_once_a_second_at_most()
    {
        Assert.True(_loops.Block(High, Low, Now));
        Assert.False(_loops.Block(High, Low, Now + 2));
        Assert.True(_loops.Block(High, Low, Now + Ticks.PerSecond + 2));
    }

    [Fact]
    public void Two_loops_that_see_each_others_frames_at_once_take_out_one_port()
    {
        const int Rounds = 5_000;
        BridgeLoops loops = _loops;
        int wrong = 0;
        using var meeting = new Barrier(2);
        var thread = new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                meeting.SignalAndWait();
                loops.Block(Low, High, Now);
                meeting.SignalAndWait();
            }
        });
        thread.Start();
        for (int round = 0; round < Rounds; round++)
        {
            loops = new BridgeLoops();
            meeting.SignalAndWait();
            loops.Block(High, Low, Now);
            meeting.SignalAndWait();
            wrong += loops.IsBlocked(Low, Now) == loops.IsBlocked(High, Now) ? 1 : 0;
        }
        thread.Join();

        Assert.Equal(0, wrong);
    }
}
