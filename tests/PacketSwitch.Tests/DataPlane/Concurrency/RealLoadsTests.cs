// Session counts of real servers and turns of groups, from one thread and from several.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class RealLoadsTests
{
    private readonly RealLoads _loads = new();

    [Fact]
    public void Current_total_and_highest_are_kept_for_each_real_server()
    {
        _loads.Opened(1);
        _loads.Opened(1);
        _loads.Ended(1);
        _loads.Opened(1);
        _loads.Opened(2);

        Assert.Equal((2, 3L, 2), (_loads.Current(1), _loads.Total(1), _loads.Highest(1)));
        Assert.Equal((1, 1L, 1), (_loads.Current(2), _loads.Total(2), _loads.Highest(2)));
        Assert.Equal((0, 0L, 0), (_loads.Current(3), _loads.Total(3), _loads.Highest(3)));
    }

    [Fact]
    public void Turns_count_up_from_zero_for_each_group()
    {
        Assert.Equal([0u, 1u, 2u], new[] { _loads.NextTurn(1), _loads.NextTurn(1), _loads.NextTurn(1) });
        Assert.Equal(0u, _loads.NextTurn(2));
    }

    [Fact]
    public void Several_threads_lose_no_count_and_share_no_turn()
    {
        const int Threads = 4;
        const int Rounds = 50_000;
        var turns = new int[Threads * Rounds];
        var threads = new Thread[Threads];
        for (int thread = 0; thread < Threads; thread++)
        {
            threads[thread] = new Thread(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    _loads.Opened(1);
                    Interlocked.Increment(ref turns[_loads.NextTurn(1)]);
                    if ((i & 1) == 0)
                    {
                        _loads.Ended(1);
                    }
                }
            });
            threads[thread].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(Threads * Rounds / 2, _loads.Current(1));
        Assert.Equal(Threads * Rounds, _loads.Total(1));
        Assert.InRange(_loads.Highest(1), Threads * Rounds / 2, (Threads * Rounds / 2) + Threads);
        Assert.All(turns, count => Assert.Equal(1, count));
    }
}
