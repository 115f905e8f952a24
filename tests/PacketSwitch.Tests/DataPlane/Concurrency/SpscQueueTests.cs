// The queue between a loop and the control plane: bounded, in order, and whole between two threads.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class SpscQueueTests
{
    [Fact]
    public void What_is_committed_comes_out_in_order()
    {
        var queue = new SpscQueue<int>(4);

        for (int round = 0; round < 10; round++)
        {
            Put(queue, round);
            Put(queue, -round);
            Assert.Equal(round, Take(queue));
            Assert.Equal(-round, Take(queue));
            Assert.True(queue.IsEmpty);
        }
    }

    [Fact]
    public void A_reserved_slot_is_not_seen_before_it_is_committed()
    {
        var queue = new SpscQueue<int>(4);

        Assert.True(queue.TryReserve(out int slot));
        queue[slot] = 5;

        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryPeek(out _));
        queue.Commit();
        Assert.Equal(5, Take(queue));
    }

    [Fact]
    public void A_full_queue_says_so_and_loses_nothing()
    {
        var queue = new SpscQueue<int>(3); // Rounded up to 4.
        for (int i = 0; i < 4; i++)
        {
            Put(queue, i);
        }

        Assert.False(queue.TryReserve(out _));

        Assert.Equal(0, Take(queue));
        Put(queue, 4);
        Assert.Equal([1, 2, 3, 4], new[] { Take(queue), Take(queue), Take(queue), Take(queue) });
    }

    [Fact]
    public void Slots_are_made_once()
    {
        int made = 0;
        var queue = new SpscQueue<object>(4, () => made++);

        for (int i = 0; i < 20; i++)
        {
            Assert.True(queue.TryReserve(out int slot));
            Assert.Equal(i & 3, queue[slot]);
            queue.Commit();
            queue.Release();
        }
        Assert.Equal(4, made);
    }

    [Fact]
    public void Two_threads_pass_every_value_once_and_whole()
    {
        const long Values = 500_000;
        var queue = new SpscQueue<(long Value, long Complement)>(64);
        var producer = new Thread(() =>
        {
            for (long value = 0; value < Values; value++)
            {
                int slot;
                while (!queue.TryReserve(out slot))
                {
                    Thread.Yield();
                }
                queue[slot] = (value, ~value);
                queue.Commit();
            }
        });
        producer.Start();

        for (long expected = 0; expected < Values; expected++)
        {
            int slot;
            while (!queue.TryPeek(out slot))
            {
                Thread.Yield();
            }
            (long value, long complement) = queue[slot];
            Assert.Equal(expected, value);
            Assert.Equal(~expected, complement);
            queue.Release();
        }
        producer.Join();
        Assert.True(queue.IsEmpty);
    }

    private static void Put(SpscQueue<int> queue, int value)
    {
        Assert.True(queue.TryReserve(out int slot));
        queue[slot] = value;
        queue.Commit();
    }

    private static int Take(SpscQueue<int> queue)
    {
        Assert.True(queue.TryPeek(out int slot));
        int value = queue[slot];
        queue.Release();
        return value;
    }
}
