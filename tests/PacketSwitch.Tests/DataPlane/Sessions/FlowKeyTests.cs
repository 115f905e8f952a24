// The hash of flow keys: every field counts but the side, and buckets and tags are spread evenly.

using System.Runtime.CompilerServices;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

// By cipher where the processor has AES instructions.
public sealed class FlowKey4Tests : FlowKeyTests<Ipv4Address>
{
    protected override ulong Hash(FlowKey<Ipv4Address> key, ulong seed)
        => FlowKey<Ipv4Address>.Hash(ref key, seed);
}

public sealed class FlowKey4ByProductTests : FlowKeyTests<Ipv4Address>
{
    protected override ulong Hash(FlowKey<Ipv4Address> key, ulong seed)
        => FlowKey<Ipv4Address>.HashByProduct(ref key, seed);
}

public sealed class FlowKey6Tests : FlowKeyTests<Ipv6Address>
{
    protected override ulong Hash(FlowKey<Ipv6Address> key, ulong seed)
        => FlowKey<Ipv6Address>.Hash(ref key, seed);
}

public abstract class FlowKeyTests<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const ulong Seed = 0x1234_5678_9abc_def0;

    [Fact]
    public void Every_field_but_the_side_changes_the_hash()
    {
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(1);
        FlowKey<TAddress>[] others =
        [
            key with { Source = key.Destination },
            key with { Destination = key.Source },
            key with { SourcePort = (ushort)(key.SourcePort + 1) },
            key with { DestinationPort = 81 },
            key with { VlanId = 1 },
            key with { Protocol = IpProtocol.Udp },
        ];

        Assert.All(others, other => Assert.NotEqual(Hash(key, Seed), Hash(other, Seed)));
        Assert.Equal(Hash(key, Seed), Hash(key with { Side = FlowSide.Server }, Seed));
        Assert.NotEqual(Hash(key, Seed), Hash(key, Seed + 1));
    }

    [Fact]
    public void Neighbouring_keys_fall_evenly_into_buckets_and_tags()
    {
        const int Keys = 1 << 16;
        const int Cells = 256;
        var low = new int[Cells];
        var high = new int[Cells];
        for (int i = 0; i < Keys; i++)
        {
            ulong hash = Hash(TestFlows.ClientKey<TAddress>(i), Seed);
            low[hash & 0xff]++;
            high[hash >> 56]++;
        }

        // 256 a cell are expected; six standard deviations are 96.
        Assert.All(low, count => Assert.InRange(count, 160, 352));
        Assert.All(high, count => Assert.InRange(count, 160, 352));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    [InlineData(256, 0)]
    [InlineData(65_536, 1)]
    [InlineData(0x0100_0001, 3)]
    public void No_bucket_is_crowded_by_keys_of_a_pattern(int addressStep, int portStep)
    {
        const int Keys = 1 << 16;
        const int Buckets = Keys / 8;
        var buckets = new int[Buckets];
        FlowKey<TAddress> key = TestFlows.ClientKey<TAddress>(0);
        ref uint address = ref Unsafe.As<TAddress, uint>(ref key.Source);
        for (int i = 0; i < Keys; i++)
        {
            address += (uint)addressStep;
            key.SourcePort = (ushort)(key.SourcePort + portStep);
            buckets[(int)(((Hash(key, Seed) >> 32) * Buckets) >> 32)]++;
        }

        // 8 are expected; by chance one of a hundred million buckets has more than 28.
        Assert.InRange(buckets.Max(), 16, 28);
    }

    protected abstract ulong Hash(FlowKey<TAddress> key, ulong seed);
}
