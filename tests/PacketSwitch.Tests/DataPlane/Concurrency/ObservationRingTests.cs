// The ring between a loop and who watches it: bounded, in order, slots given back, and whole
// between two threads.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class ObservationRingTests
{
    [Fact]
    public void What_is_taken_is_not_seen_before_it_is_published()
    {
        var ring = new ObservationRing(4, 16);
        Assert.True(ring.TryTake(out Observation slot));
        slot.TimeNs = 5;
        slot.IsKept = true;

        Assert.Equal(0, ring.Count);
        ring.Publish();

        Assert.Equal(1, ring.Count);
        Assert.Equal(5, ring.First.TimeNs);
    }

    [Fact]
    public void Slots_that_are_not_kept_are_given_back_and_the_others_stay_in_order()
    {
        var ring = new ObservationRing(8, 16);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                Assert.True(ring.TryTake(out Observation slot));
                slot.TimeNs = i;
                slot.IsKept = i % 3 == 1;
            }
            Assert.False(ring.TryTake(out _));
            ring.Publish();

            Assert.Equal(3, ring.Count);
            Assert.Equal([1, 4, 7], new[] { Take(ring), Take(ring), Take(ring) });
        }
    }

    [Fact]
    public void A_full_ring_says_so_until_its_reader_has_read()
    {
        var ring = new ObservationRing(2, 16);
        Put(ring, 1);
        Put(ring, 2);

        Assert.False(ring.TryTake(out _));
        Assert.Equal(1, Take(ring));
        Put(ring, 3);

        Assert.Equal([2, 3], new[] { Take(ring), Take(ring) });
    }

    // The producer takes bursts of changing size and keeps some of each; every kept one arrives
    // once, in order and whole, and a burst is seen as a whole or not at all.
    [Fact]
    public void Two_threads_pass_every_kept_observation_once_in_order_and_whole()
    {
        const int Bursts = 40_000;
        const int Most = 24;
        var ring = new ObservationRing(64, 32);
        long expected = 0;
        var producer = new Thread(() =>
        {
            long next = 0;
            for (int burst = 0; burst < Bursts; burst++)
            {
                int size = 1 + (burst % Most);
                int kept = 0;
                for (int i = 0; i < size; i++)
                {
                    Observation slot;
                    while (!ring.TryTake(out slot))
                    {
                        Thread.Yield();
                    }
                    bool isKept = (burst + i) % 3 != 0;
                    kept += isKept ? 1 : 0;
                    slot.IsKept = isKept;
                    slot.TimeNs = isKept ? next++ : -1;
                    slot.Length = slot.Memory.Length;
                    slot.Memory.AsSpan().Fill((byte)slot.TimeNs);
                    slot.WireLength = burst;
                }
                ring.Publish();
                expected += kept;
            }
        });
        producer.Start();
        long seen = 0;
        long broken = 0;
        var lastOfBurst = new Dictionary<int, int>();
        while (producer.IsAlive || ring.Count > 0)
        {
            int count = ring.Count;
            int firstBurst = count > 0 ? ring.First.WireLength : 0;
            broken += count > 0 && lastOfBurst.ContainsKey(firstBurst) ? 1 : 0;
            lastOfBurst.Clear();
            for (; count > 0; count--)
            {
                Observation slot = ring.First;
                bool isWhole = slot.TimeNs == seen
                    && slot.Bytes.IndexOfAnyExcept((byte)slot.TimeNs) < 0;
                broken += isWhole ? 0 : 1;
                lastOfBurst[slot.WireLength] = 1;
                seen++;
                ring.Release();
            }
        }
        producer.Join();

        Assert.Equal(0, broken);
        Assert.Equal(expected, seen);
    }

    private static void Put(ObservationRing ring, long value)
    {
        Assert.True(ring.TryTake(out Observation slot));
        slot.TimeNs = value;
        slot.IsKept = true;
        ring.Publish();
    }

    private static long Take(ObservationRing ring)
    {
        long value = ring.First.TimeNs;
        ring.Release();
        return value;
    }
}
