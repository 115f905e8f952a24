// Bindings of clients to servers: how long they last, who makes room in a full table, and what several loops do to one client.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class StickyTableTests
{
    private const uint Timeout = 60 * Ticks.PerSecond;

    private readonly StickyTable _table = new();

    public StickyTableTests() => _table.Prepare();

    [Fact]
    public void A_client_is_bound_until_its_time_is_over()
    {
        _table.Bind(Client(1), 7, now: 1000);

        Assert.Equal(7, Find(1, 1000));
        Assert.Equal(7, Find(1, 1000 + Timeout - 1));
        Assert.Equal(0, Find(1, 1000 + Timeout));
        Assert.Equal(0, Find(2, 1000));
    }

    [Fact]
    public void The_time_counts_from_the_last_activity_whatever_comes_late()
    {
        _table.Bind(Client(1), 7, now: 1000);
        _table.Refresh(Client(1), 7, confirmed: true, lastActivity: 3000, now: 3000);
        _table.Refresh(Client(1), 7, confirmed: true, lastActivity: 2000, now: 3500);

        Assert.Equal(7, Find(1, 3000 + Timeout - 1));
        Assert.Equal(0, Find(1, 3000 + Timeout));
    }

    [Fact]
    public void The_clock_may_wrap()
    {
        uint moment = uint.MaxValue - 10;
        _table.Bind(Client(1), 7, moment);
        _table.Refresh(Client(1), 7, confirmed: true, lastActivity: 20, now: 25);

        Assert.Equal(7, Find(1, 20 + Timeout - 1));
        Assert.Equal(0, Find(1, 20 + Timeout));
    }

    [Fact]
    public void A_session_with_the_old_server_does_not_undo_a_move()
    {
        _table.Bind(Client(1), 7, now: 1000);
        _table.Bind(Client(1), 8, now: 1001);
        _table.Refresh(Client(1), 7, confirmed: true, lastActivity: 2000, now: 2000);

        Assert.Equal(8, Find(1, 1001));
        Assert.Equal(0, Find(1, 1001 + Timeout));
    }

    [Fact]
    public void An_established_session_brings_a_lost_binding_back()
    {
        _table.Refresh(Client(1), 7, confirmed: false, lastActivity: 1000, now: 1000);
        Assert.Equal(0, Find(1, 1000));

        _table.Refresh(Client(1), 7, confirmed: true, lastActivity: 1000, now: 1000);

        Assert.Equal(7, Find(1, 1000));
    }

    [Fact]
    public void A_flood_of_new_clients_displaces_itself()
    {
        const int Established = 20_000;
        for (uint client = 0; client < Established; client++)
        {
            _table.Bind(Client(client), 7, now: 1000);
            _table.Refresh(Client(client), 7, confirmed: true, lastActivity: 1000, now: 1000);
        }

        bool lost = false;
        for (uint client = 0; client < 2 * Limits.StickyEntries; client++)
        {
            lost |= !_table.Bind(Client(1_000_000 + client), 8, now: 1100);
        }

        Assert.True(lost); // The table was full.
        Assert.All(Enumerable.Range(0, Established), client => Assert.Equal(7, Find((uint)client, 1200)));
    }

    [Fact]
    public void A_table_that_was_not_prepared_binds_nobody()
    {
        var table = new StickyTable();

        Assert.True(table.Bind(Client(1), 7, 1000));

        Assert.False(table.TryFind(Client(1), 1000, Timeout, out _));
    }

    [Fact]
    public void Several_threads_never_see_a_client_at_a_server_it_was_not_bound_to()
    {
        // More clients than there is room for, so that slots change hands all the time; a client's server follows from its number.
        const int Clients = 2 * Limits.StickyEntries;
        const int Rounds = 400_000;
        int wrong = 0;
        var threads = new Thread[4];
        for (int thread = 0; thread < threads.Length; thread++)
        {
            int seed = thread;
            threads[thread] = new Thread(() =>
            {
                var random = new Random(seed);
                for (int i = 0; i < Rounds; i++)
                {
                    // Few neighbourhoods, so that the threads meet.
                    uint client = (uint)(random.Next(Clients) & ~0xff_ff00);
                    ushort real = (ushort)((client % 1000) + 1);
                    _table.Bind(Crowded(client), real, 1000);
                    if (_table.TryFind(Crowded(client), 1000, Timeout, out ushort found) && found != real)
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            });
            threads[thread].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(0, wrong);
    }

    private int Find(uint client, uint now)
        => _table.TryFind(Client(client), now, Timeout, out ushort real) ? real : 0;

    private static ulong Client(uint number) => AddressHash.With(1, number);

    // All in one neighbourhood of the table.
    private static ulong Crowded(uint number) => ((ulong)number << 2) + 4;
}
