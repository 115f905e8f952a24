// The learning bridge's table: learning, moving, ageing, replacing, and what a reader sees meanwhile.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class BridgeTableTests(ITestOutputHelper output)
{
    private const uint Now = 1_000_000;

    private readonly BridgeTable _table = new();

    [Fact]
    public void An_address_is_found_behind_the_port_it_was_seen_on()
    {
        _table.Learn(Mac(1), 0, 3, Now);

        Assert.Equal(3, _table.Find(Mac(1), 0, Now));
        Assert.Equal(-1, _table.Find(Mac(2), 0, Now));
    }

    [Fact]
    public void An_address_that_moves_is_found_at_its_new_port()
    {
        _table.Learn(Mac(1), 0, 3, Now);
        _table.Learn(Mac(1), 0, 5, Now);

        Assert.Equal(5, _table.Find(Mac(1), 0, Now));
    }

    [Fact]
    public void Vlans_have_addresses_of_their_own()
    {
        _table.Learn(Mac(1), 0, 3, Now);
        _table.Learn(Mac(1), 7, 4, Now);

        Assert.Equal(3, _table.Find(Mac(1), 0, Now));
        Assert.Equal(4, _table.Find(Mac(1), 7, Now));
        Assert.Equal(-1, _table.Find(Mac(1), 8, Now));
    }

    [Fact]
    public void An_address_that_is_not_seen_for_five_minutes_is_forgotten()
    {
        uint age = Ticks.FromSeconds(Limits.BridgeAgeSeconds);
        _table.Learn(Mac(1), 0, 3, Now);

        Assert.Equal(3, _table.Find(Mac(1), 0, Now + age));
        Assert.Equal(-1, _table.Find(Mac(1), 0, Now + age + 1));

        _table.Learn(Mac(1), 0, 4, Now + age + 2);
        Assert.Equal(4, _table.Find(Mac(1), 0, Now + age + 2));
    }

    [Fact]
    public void Group_addresses_and_zero_are_not_learned()
    {
        _table.Learn(MacAddress.Broadcast, 0, 3, Now);
        _table.Learn(MacAddress.Parse("01:00:5e:00:00:01"), 0, 3, Now);
        _table.Learn(default, 0, 3, Now);

        Assert.Equal(-1, _table.Find(MacAddress.Broadcast, 0, Now));
        Assert.Equal(-1, _table.Find(MacAddress.Parse("01:00:5e:00:00:01"), 0, Now));
        Assert.Equal(-1, _table.Find(default, 0, Now));
    }

    [Fact]
    public void A_full_neighbourhood_replaces_the_address_not_seen_for_longest()
    {
        const int Flood = 4 * Limits.BridgeAddresses;
        for (int i = 0; i < Flood; i++)
        {
            _table.Learn(Mac(i), 0, i & 31, Now + (uint)(i >> 8));
        }

        int found = 0;
        for (int i = 0; i < Flood; i++)
        {
            int port = _table.Find(Mac(i), 0, Now + (Flood >> 8));
            Assert.True(port == -1 || port == (i & 31));
            found += port >= 0 ? 1 : 0;
        }
        Assert.Equal(Flood - 1 & 31, _table.Find(Mac(Flood - 1), 0, Now + (Flood >> 8)));
        Assert.InRange(found, Limits.BridgeAddresses * 9 / 10, Limits.BridgeAddresses);
    }

    [Fact]
    public void A_reader_never_finds_an_address_behind_the_port_of_another()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        const int Addresses = 6 * Limits.BridgeAddresses; // Most learning replaces another address.
        bool stop = false;
        int wrong = 0, found = 0;
        var threads = new Thread[3];
        for (int thread = 0; thread < threads.Length; thread++)
        {
            int number = thread;
            threads[thread] = new Thread(() =>
            {
                var random = new Random(seed + number);
                int right = 0;
                while (!Volatile.Read(ref stop))
                {
                    int i = random.Next(Addresses);
                    if (number < 2)
                    {
                        _table.Learn(Mac(i), 0, PortOf(i), Now);
                    }
                    int near = random.Next(Addresses);
                    int port = _table.Find(Mac(near), 0, Now);
                    right += port == PortOf(near) ? 1 : 0;
                    if (port >= 0 && port != PortOf(near))
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
                Interlocked.Add(ref found, right);
            });
            threads[thread].Start();
        }

        Thread.Sleep(1000);
        Volatile.Write(ref stop, true);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        Assert.Equal(0, wrong);
        Assert.NotEqual(0, found); // Else nothing was put to the proof.
    }

    private static int PortOf(int number) => (number * 7) & 31;

    private static MacAddress Mac(int number) => new(0x0200_0000_0000 + (ulong)number);
}
