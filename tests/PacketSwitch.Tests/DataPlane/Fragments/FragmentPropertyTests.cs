// Random datagrams cut at random, doubled and shuffled, in both directions and families: what
// leaves makes up the right datagram at the right place. And random nonsense: whatever comes, no
// datagram is split between servers, nothing overlaps, and everything is accounted for.

using PacketSwitch.DataPlane;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Fragments;

public sealed class FragmentPropertyTests(ITestOutputHelper output)
{
    private const int Rounds = 80;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shuffled_and_doubled_fragments_make_up_the_datagram(bool isV6)
    {
        Random random = Seeded();
        using var net = new BalancedNet(isV6);
        for (ushort round = 1; round <= Rounds; round++)
        {
            ushort port = (ushort)(20_000 + round);
            byte[] asked = RandomBytes(random);
            byte[] answered = RandomBytes(random);
            byte[] request = net.Udp(net.Client, port, net.Vip, BalancedNet.Service, asked);

            List<byte[]> there = Travel(net, BalancedNet.ClientSide, request, round, random);

            int real = Assert.Single(there.Select(net.RealOf).Distinct());
            Assert.Equal(
                net.Udp(net.Client, port, net.Real(real), BalancedNet.RealPort, asked)[14..], Whole(there));

            byte[] reply = net.Udp(net.Real(real), BalancedNet.RealPort, net.Client, port, answered);

            List<byte[]> back = Travel(net, BalancedNet.ServerSide, reply, round, random);

            Assert.All(back, frame => Assert.Equal(net.Vip, BalancedNet.Source(frame)));
            Assert.Equal(
                net.Udp(net.Vip, BalancedNet.Service, net.Client, port, answered)[14..], Whole(back));
            net.Switch.AdvanceTo(net.Switch.NowNs + random.NextInt64(500_000_000));
        }
        Assert.Equal(0, net.Switch.Counters.DroppedTotal - net.Dropped(DropReason.FragmentDuplicate)
            - net.Dropped(DropReason.FragmentTimeout));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nonsense_is_never_split_between_servers_and_never_overlaps(bool isV6)
    {
        Random random = Seeded();
        using var net = new BalancedNet(isV6);
        byte[] whole = net.Udp(net.Client, 30_000, net.Vip, BalancedNet.Service, RandomBytes(random, 3_000));
        var left = new List<byte[]>();
        for (int i = 0; i < 30 * Rounds; i++)
        {
            int from = random.Next(0, 200) * 8;
            int to = from + random.Next(0, 100) + (random.Next(2) * 8 * random.Next(20));
            ushort id = (ushort)random.Next(40);
            // A session for each datagram, so that each could go to another server.
            whole[14 + (isV6 ? 40 : 20) + 1] = (byte)id;
            left.AddRange(net.Pass(
                BalancedNet.ClientSide,
                Fragmenter.Piece(whole, from, Math.Min(to, 3_000), random.Next(3) > 0, id)));
            if (random.Next(50) == 0)
            {
                net.Switch.AdvanceTo(net.Switch.NowNs + random.NextInt64(2_500_000_000));
                Assert.True(net.Switch.Counters.Held <= Limits.HeldFragments);
                AssertNoOverlap(left, isV6, net);
                left.Clear();
            }
        }
        net.Switch.AdvanceTo(net.Switch.NowNs + (2 * Limits.FragmentNanoseconds));
        Assert.Equal(0, net.Switch.Counters.Held);
        Assert.Null(net.Switch.FindImbalance());
        Assert.True(net.Dropped(DropReason.FragmentOverlap) > 0);
    }

    private static List<byte[]> Travel(BalancedNet net, int side, byte[] whole, ushort id, Random random)
    {
        var frames = new List<byte[]>(Fragmenter.CutAtRandom(whole, id, random));
        for (int doubled = random.Next(4); doubled > 0 && frames.Count > 1; doubled--)
        {
            frames.Add(frames[random.Next(frames.Count)]);
        }
        byte[][] shuffled = [.. frames];
        if (random.Next(4) > 0)
        {
            random.Shuffle(shuffled);
        }
        return net.Pass(side, shuffled);
    }

    private static byte[] Whole(List<byte[]> frames)
    {
        byte[]? whole = Fragmenter.Join(frames);
        Assert.NotNull(whole);
        return whole[14..];
    }

    // Between two first fragments with the same identification.
    private static void AssertNoOverlap(List<byte[]> frames, bool isV6, BalancedNet net)
    {
        foreach (IGrouping<int, byte[]> datagram in frames.GroupBy(frame => Id(frame, isV6)))
        {
            var seen = new List<(int Start, int End, int Real)>();
            foreach (byte[] frame in datagram)
            {
                (int offset, _, byte[] data) = Fragmenter.Read(frame);
                if (offset == 0)
                {
                    seen.Clear();
                }
                Assert.DoesNotContain(seen, other => offset < other.End && other.Start < offset + data.Length);
                Assert.DoesNotContain(seen, other => other.Real != net.RealOf(frame));
                seen.Add((offset, offset + data.Length, net.RealOf(frame)));
            }
        }
    }

    private static int Id(byte[] frame, bool isV6)
        => isV6 ? (frame[14 + 46] << 8) | frame[14 + 47] : (frame[14 + 4] << 8) | frame[14 + 5];

    private static byte[] RandomBytes(Random random, int length = 0)
    {
        byte[] bytes = new byte[length > 0 ? length : random.Next(30, random.Next(3) == 0 ? 60_000 : 5_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private Random Seeded()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
