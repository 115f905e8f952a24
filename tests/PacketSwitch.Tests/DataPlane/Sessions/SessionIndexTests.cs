// The hash index under hashes chosen by hand: equal tags, full buckets, races decided by position.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class SessionIndexTests : IDisposable
{
    private const int Buckets = 2; // The least: every hash has both.
    private const int Flows = 1000;
    private const int Slots = Buckets * Limits.BucketSlots;

    private readonly SessionIndex _index = new(Flows, Buckets);
    private readonly int[] _keys = new int[Flows];

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Flows_of_one_hash_are_told_apart_by_their_keys()
    {
        const ulong Hash = 0xabcd_0000_0000_0001;
        for (int flow = 0; flow < 10; flow++)
        {
            Assert.Equal(IndexInsert.Inserted, Insert(Hash, flow, key: 100 + flow));
        }

        for (int flow = 0; flow < 10; flow++)
        {
            Assert.Equal(flow, _index.Find(Hash, new KeyOf(_keys, 100 + flow)));
        }
        Assert.Equal(-1, _index.Find(Hash, new KeyOf(_keys, 99)));
    }

    [Fact]
    public void A_key_is_inserted_once()
    {
        Assert.Equal(IndexInsert.Inserted, Insert(5, flow: 1, key: 7));

        _keys[2] = 7;
        Assert.Equal(IndexInsert.Exists, _index.TryInsert(5, 2, new KeyOf(_keys, 7), out int existing));
        Assert.Equal(1, existing);
    }

    [Fact]
    public void Both_buckets_of_a_hash_are_filled_before_an_insertion_fails()
    {
        for (int flow = 0; flow < Slots; flow++)
        {
            Assert.Equal(IndexInsert.Inserted, Insert(0, flow, flow));
        }

        Assert.Equal(IndexInsert.Full, Insert(0, Slots, Slots));
        for (int flow = 0; flow < Slots; flow++)
        {
            Assert.Equal(flow, _index.Find(0, new KeyOf(_keys, flow)));
        }
    }

    [Fact]
    public void A_removed_flow_makes_room_for_another()
    {
        for (int flow = 0; flow < Slots; flow++)
        {
            Insert(0, flow, flow);
        }

        Assert.True(_index.Remove(0, 9));
        Assert.False(_index.Remove(0, 9));

        Assert.Equal(-1, _index.Find(0, new KeyOf(_keys, 9)));
        Assert.Equal(IndexInsert.Inserted, Insert(0, 500, 9));
        Assert.Equal(500, _index.Find(0, new KeyOf(_keys, 9)));
    }

    [Fact]
    public void A_guess_goes_by_the_tag_and_finds_the_second_bucket_too()
    {
        for (int flow = 0; flow < Slots - 1; flow++)
        {
            Insert(0, flow, flow);
        }
        const ulong OtherTag = 0x77;
        Insert(OtherTag, 600, 600);

        Assert.Equal(600, _index.Guess(OtherTag));
        Assert.Equal(-1, _index.Guess(0x55));
        Assert.InRange(_index.Guess(0), 0, Slots - 2);
    }

    [Fact]
    public void The_fuller_bucket_is_spared_when_the_first_is_crowded()
    {
        using var index = new SessionIndex(1 << 16);
        var random = new Random(42);
        int failed = 0;
        for (int flow = 0; flow < 1 << 16; flow++)
        {
            ulong hash = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            failed += index.TryInsert(hash, flow, new Nothing(), out _) == IndexInsert.Inserted ? 0 : 1;
        }

        Assert.Equal(0, failed);
    }

    private IndexInsert Insert(ulong hash, int flow, int key)
    {
        _keys[flow] = key;
        return _index.TryInsert(hash, flow, new KeyOf(_keys, key), out _);
    }

    private readonly struct KeyOf(int[] keys, int key) : IKeyProbe
    {
        public bool Matches(int flow) => keys[flow] == key;
    }

    // No two flows are equal.
    private readonly struct Nothing : IKeyProbe
    {
        public bool Matches(int flow) => false;
    }
}
