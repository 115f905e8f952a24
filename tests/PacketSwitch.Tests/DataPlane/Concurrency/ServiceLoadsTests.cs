// Session counts by service and real server.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class ServiceLoadsTests
{
    private static readonly ulong Web = ServiceLoads.KeyOf(1, 80, IpProtocol.Tcp);

    private readonly ServiceLoads _loads = new();

    [Fact]
    public void Services_of_one_server_are_counted_apart()
    {
        ulong[] services =
        [
            Web, ServiceLoads.KeyOf(2, 80, IpProtocol.Tcp), ServiceLoads.KeyOf(1, 81, IpProtocol.Tcp),
            ServiceLoads.KeyOf(1, 80, IpProtocol.Udp), ServiceLoads.KeyOf(16_384, 65_535, IpProtocol.Tcp),
        ];
        for (int i = 0; i < services.Length; i++)
        {
            for (int sessions = 0; sessions <= i; sessions++)
            {
                _loads.Reserve(ServiceLoads.Of(services[i], 16_384));
            }
        }
        _loads.Ended(ServiceLoads.Of(services[4], 16_384));

        Assert.Equal([1, 2, 3, 4, 4], services.Select(service => _loads.Current(ServiceLoads.Of(service, 16_384))));
        Assert.Equal(0, _loads.Current(ServiceLoads.Of(Web, 1)));
    }

    [Fact]
    public void More_pairs_than_there_is_room_for_keep_what_is_counted_true()
    {
        var keys = new List<ulong>();
        for (int i = 0; i < Limits.ServiceLoadEntries * 3 / 2; i++)
        {
            keys.Add(ServiceLoads.Of(ServiceLoads.KeyOf((ushort)(i >> 10), 80, IpProtocol.Tcp), (ushort)(i & 1023)));
            _loads.Reserve(keys[i]);
        }
        int counted = keys.Sum(_loads.Current);
        keys.ForEach(_loads.Ended);

        Assert.InRange(counted, Limits.ServiceLoadEntries / 2, Limits.ServiceLoadEntries);
        Assert.All(keys, key => Assert.Equal(0, _loads.Current(key)));
    }

    [Fact]
    public void Several_threads_lose_no_count()
    {
        const int Rounds = 50_000;
        var threads = new Thread[4];
        for (int thread = 0; thread < threads.Length; thread++)
        {
            threads[thread] = new Thread(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    ulong key = ServiceLoads.Of(Web, (ushort)(i & 63));
                    _loads.Reserve(key);
                    if ((i & 64) != 0)
                    {
                        _loads.Ended(key);
                    }
                }
            });
            threads[thread].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        int kept = Enumerable.Range(0, Rounds).Count(i => (i & 64) == 0) * threads.Length;
        Assert.Equal(kept, Enumerable.Range(0, 64).Sum(real => _loads.Current(ServiceLoads.Of(Web, (ushort)real))));
    }
}
