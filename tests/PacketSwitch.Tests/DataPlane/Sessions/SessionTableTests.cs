// Opening, finding, ending and reusing sessions, the same for both address families.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class SessionTable4Tests : SessionTableTests<Ipv4Address>
{
}

public sealed class SessionTable6Tests : SessionTableTests<Ipv6Address>
{
}

public abstract class SessionTableTests<TAddress> : IDisposable where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const int Capacity = 8;

    private readonly EpochDomain _epochs = new();
    private readonly SessionTable<TAddress>.LimboList _limbo = new();
    private readonly SessionTable<TAddress> _table;

    protected SessionTableTests() => _table = new SessionTable<TAddress>(Capacity, 0x5eed, _epochs);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_session_is_found_by_both_of_its_keys()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        int session = TestFlows.Open(_table, _limbo, key, real: 3);

        Assert.Equal(session * 2, TestFlows.Find(_table, key));
        Assert.Equal((session * 2) + 1, TestFlows.Find(_table, TestFlows.ServerKey(key, 3)));
        Assert.Equal(3, _table.State(session).Real);
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_key_that_differs_in_one_field_is_not_found()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        TestFlows.Open(_table, _limbo, key);

        FlowKey<TAddress>[] others =
        [
            key with { Source = key.Destination },
            key with { Destination = key.Source },
            key with { SourcePort = (ushort)(key.SourcePort + 1) },
            key with { DestinationPort = 81 },
            key with { VlanId = 1 },
            key with { Protocol = IpProtocol.Udp },
            key with { Side = FlowSide.Server },
        ];

        Assert.All(others, other => Assert.Equal(-1, TestFlows.Find(_table, other)));
    }

    [Fact]
    public void An_ended_session_is_found_by_neither_key()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        int session = TestFlows.Open(_table, _limbo, key);

        Assert.True(_table.TryEnd(session));

        Assert.Equal(-1, TestFlows.Find(_table, key));
        Assert.Equal(-1, TestFlows.Find(_table, TestFlows.ServerKey(key, 0)));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void A_session_ends_once()
    {
        int session = TestFlows.Open(_table, _limbo, TestFlows.ClientKey<TAddress>(1));

        Assert.True(_table.TryEnd(session));
        Assert.False(_table.TryEnd(session));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void A_session_that_is_not_published_cannot_be_ended()
    {
        int session = _table.Allocate();
        TestFlows.Fill(_table, session, TestFlows.ClientKey<TAddress>(1), 0);

        Assert.False(_table.TryEnd(session));
    }

    [Fact]
    public void A_guess_made_before_a_session_ended_is_not_believed_afterwards()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        int old = TestFlows.Open(_table, _limbo, key, real: 1);
        ulong hash = _table.Hash(ref key);
        int guess = _table.Guess(hash);

        _table.TryEnd(old);
        _table.Retire(old, _limbo);
        Assert.Equal(-1, _table.Find(ref key, hash, guess));

        int reopened = TestFlows.Open(_table, _limbo, key, real: 2);
        Assert.Equal(reopened * 2, _table.Find(ref key, hash, guess));
    }

    [Fact]
    public void A_slot_is_not_reused_while_somebody_may_hold_it()
    {
        int reader = _epochs.Register();
        FillTable();
        _epochs.Enter(reader);
        End(0);

        _table.Reclaim(_limbo, 1);
        Assert.Equal(-1, _table.Allocate());

        _epochs.Exit(reader);
        _table.Reclaim(_limbo, 1);
        Assert.Equal(0, _table.Allocate());
    }

    [Fact]
    public void Who_came_after_the_end_does_not_keep_a_slot_from_reuse()
    {
        int reader = _epochs.Register();
        FillTable();
        End(0);
        _epochs.Enter(reader);

        _table.Reclaim(_limbo, 1);

        Assert.Equal(0, _table.Allocate());
    }

    [Fact]
    public void Reclaiming_is_bounded_and_in_the_order_of_the_ends()
    {
        FillTable();
        End(5);
        End(2);
        End(7);

        _table.Reclaim(_limbo, 2);

        Assert.Equal([2, 5], new[] { _table.Allocate(), _table.Allocate() });
        Assert.Equal(-1, _table.Allocate());
        _table.Reclaim(_limbo, 2);
        Assert.Equal(7, _table.Allocate());
        Assert.True(_limbo.IsEmpty);
    }

    [Fact]
    public void Another_session_with_the_same_client_key_is_refused_and_leaves_nothing()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        int first = TestFlows.Open(_table, _limbo, key, real: 1);
        int second = _table.Allocate();
        TestFlows.Fill(_table, second, key, real: 2);

        Assert.Equal(SessionOpening.ClientKeyExists, _table.Publish(second, _limbo));

        Assert.Equal(first * 2, TestFlows.Find(_table, key));
        Assert.Equal(-1, TestFlows.Find(_table, TestFlows.ServerKey(key, 2)));
        Assert.Equal(1, _table.Count);
        _table.Reclaim(_limbo, 1);
        Assert.Equal(second, _table.Allocate());
    }

    [Fact]
    public void Another_session_with_the_same_server_key_may_try_another_real_server()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        FlowKey<TAddress> viaOtherVip = TestFlows.ClientKey<TAddress>(1, TestFlows.Vip + 1);
        int first = TestFlows.Open(_table, _limbo, key, real: 1);
        int second = _table.Allocate();
        TestFlows.Fill(_table, second, viaOtherVip, real: 1);

        Assert.Equal(SessionOpening.ServerKeyExists, _table.Publish(second, _limbo));
        Assert.Equal(-1, TestFlows.Find(_table, viaOtherVip));
        Assert.Equal((first * 2) + 1, TestFlows.Find(_table, TestFlows.ServerKey(key, 1)));

        TestFlows.Fill(_table, second, viaOtherVip, real: 2);
        Assert.Equal(SessionOpening.Opened, _table.Publish(second, _limbo));
        Assert.Equal((second * 2) + 1, TestFlows.Find(_table, TestFlows.ServerKey(viaOtherVip, 2)));
    }

    [Fact]
    public void A_one_sided_session_has_no_server_key()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        int session = _table.Allocate();
        TestFlows.Fill(_table, session, key, 0, SessionFlags.OneSided);

        Assert.Equal(SessionOpening.Opened, _table.Publish(session, _limbo));

        Assert.Equal(session * 2, TestFlows.Find(_table, key));
        Assert.Equal(-1, TestFlows.Find(_table, TestFlows.ServerKey(key, 0)));
        Assert.True(_table.TryEnd(session));
        Assert.Equal(-1, TestFlows.Find(_table, key));
    }

    [Fact]
    public void A_full_table_gives_out_no_slot_and_keeps_its_sessions()
    {
        FillTable();

        Assert.Equal(-1, _table.Allocate());
        Assert.Equal(-1, _table.Allocate());
        Assert.Equal(Capacity, _table.Count);
        Assert.Equal(Capacity, _table.Used);
        for (int i = 0; i < Capacity; i++)
        {
            Assert.Equal(i * 2, TestFlows.Find(_table, TestFlows.ClientKey<TAddress>(i)));
        }
    }

    [Fact]
    public void A_session_is_expired_when_both_directions_were_silent_for_its_timeout()
    {
        int session = TestFlows.Open(_table, _limbo, TestFlows.ClientKey<TAddress>(1));
        uint start = uint.MaxValue - 5; // The clock wraps meanwhile.
        _table.State(session).TimeoutTicks = 10;
        _table.Entry(session * 2).LastSeen = start;
        _table.Entry((session * 2) + 1).LastSeen = start + 3;

        Assert.False(_table.IsExpired(session, start + 12));
        Assert.True(_table.IsExpired(session, start + 13));
        Assert.False(_table.IsExpired(session, start - 1));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    public void A_table_takes_as_many_sessions_as_it_says_whatever_the_seed(int capacity)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var limbo = new SessionTable<TAddress>.LimboList();
            using var table = new SessionTable<TAddress>(capacity, seed, new EpochDomain());
            for (int i = 0; i < capacity; i++)
            {
                Assert.Equal(i, TestFlows.Open(table, limbo, TestFlows.ClientKey<TAddress>(i), i & 7));
            }
            for (int i = 0; i < capacity; i++)
            {
                FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(i);
                Assert.Equal(i * 2, TestFlows.Find(table, key));
                Assert.Equal((i * 2) + 1, TestFlows.Find(table, TestFlows.ServerKey(key, i & 7)));
            }
        }
    }

    private void FillTable()
    {
        for (int i = 0; i < Capacity; i++)
        {
            Assert.Equal(i, TestFlows.Open(_table, _limbo, TestFlows.ClientKey<TAddress>(i)));
        }
    }

    private void End(int session)
    {
        Assert.True(_table.TryEnd(session));
        _table.Retire(session, _limbo);
    }
}
