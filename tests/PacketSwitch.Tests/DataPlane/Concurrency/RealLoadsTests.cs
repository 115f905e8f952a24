// Session counts of real servers and turns of groups, from one thread and from several.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
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
    public void A_full_server_has_no_place_to_reserve()
    {
        RealServer real = Server(maxConnections: 2);

        Assert.True(_loads.TryReserve(real));
        Assert.True(_loads.TryReserve(real));
        Assert.False(_loads.TryReserve(real));
        Assert.False(_loads.HasRoom(real));
        _loads.Ended(real.Id);

        Assert.True(_loads.HasRoom(real));
        Assert.True(_loads.TryReserve(real));
        Assert.Equal((2, 0L, 0), (_loads.Current(1), _loads.Total(1), _loads.Highest(1)));
        _loads.Took(1);
        Assert.Equal((2, 1L, 2), (_loads.Current(1), _loads.Total(1), _loads.Highest(1)));
    }

    [Fact]
    public void Several_threads_never_reserve_beyond_the_maximum()
    {
        const int Most = 3;
        RealServer real = Server(Most);
        int holders = 0;
        int beyond = 0;
        int reserved = 0;
        var threads = new Thread[4];
        for (int thread = 0; thread < threads.Length; thread++)
        {
            threads[thread] = new Thread(() =>
            {
                for (int i = 0; i < 100_000; i++)
                {
                    if (_loads.TryReserve(real))
                    {
                        Interlocked.Increment(ref reserved);
                        if (Interlocked.Increment(ref holders) > Most)
                        {
                            Interlocked.Increment(ref beyond);
                        }
                        Interlocked.Decrement(ref holders);
                        _loads.Ended(real.Id);
                    }
                }
            });
            threads[thread].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(0, beyond);
        Assert.Equal(0, _loads.Current(1));
        Assert.True(reserved > 1000);
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

    private static RealServer Server(int maxConnections)
        => new(1, IpAddress.From(new Ipv4Address(0xc633_6401)), 1, maxConnections, 0, 0);
}
