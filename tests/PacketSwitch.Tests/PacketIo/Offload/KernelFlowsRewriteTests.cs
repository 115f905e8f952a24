// The kernel's rewrite and the loops' are one: random flows of every mode, random frames, right and
// wrong checksums, finished or not, come out as the same bytes.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.PacketIo.Offload;

[Collection(MachineCollection.Name)]
public sealed class KernelFlowsRewrite4Tests(ITestOutputHelper output)
    : KernelFlowsRewriteTests<Ipv4Address>(output)
{
}

[Collection(MachineCollection.Name)]
public sealed class KernelFlowsRewrite6Tests(ITestOutputHelper output)
    : KernelFlowsRewriteTests<Ipv6Address>(output)
{
}

public abstract class KernelFlowsRewriteTests<TAddress>(ITestOutputHelper output)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const int Rounds = 200;
    private const uint First = CarriedFlow<TAddress>.FirstSequence;

    [SkippableFact]
    public void The_kernel_rewrites_as_the_loops_do()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var harness = new FlowsHarness();
        for (int round = 0; round < Rounds; round++)
        {
            CarriedFlow<TAddress> flow = Any(random);
            int number = harness.Take(flow);
            foreach (bool fromClient in new[] { true, false })
            {
                AssertSame(harness, flow, fromClient, random, $"seed {seed}, round {round}");
            }
            harness.Flows.End(number);
            harness.Flows.Free(number);
        }
    }

    // Where the new words add up to the old ones, a checksum stays as it is, and be it one that no
    // sender computes.
    [SkippableTheory]
    [InlineData(0x0000)]
    [InlineData(0xffff)]
    [InlineData(0xfffe)]
    [InlineData(0x0001)]
    public void A_sum_that_does_not_change_leaves_any_checksum(int checksum)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> ports = CarriedFlow<TAddress>.Nat(
            0x0a00_0001, 1_000, 0x0a00_0002, 80, 0x0a00_0001, 1_001, 0x0a00_0002, 79);
        CarriedFlow<TAddress> addresses = CarriedFlow<TAddress>.Nat(
            0x0a00_0003, 1_000, 0x0a00_0004, 80, 0x0a00_0002, 1_000, 0x0a00_0005, 80);
        foreach (CarriedFlow<TAddress> flow in new[] { ports, addresses })
        {
            harness.Take(flow);
            foreach (bool isUnfinished in new[] { false, true })
            {
                byte[] frame = flow.Frame(true, First);
                CarriedFlow<TAddress>.SetChecksum(frame, (ushort)checksum);
                VirtioHeader header = isUnfinished ? Unfinished : default;
                ChecksumState state =
                    isUnfinished ? ChecksumState.Partial : ChecksumState.Complete;
                Assert.Equal(
                    flow.Rewritten(true, frame, state), harness.Carry(true, header, frame, out _));
            }
        }
    }

    private static void AssertSame(
        FlowsHarness harness, CarriedFlow<TAddress> flow, bool fromClient, Random random,
        string what)
    {
        byte[] frame = flow.Frame(
            fromClient, First, random.Next(0, 1_300), options: 4 * random.Next(0, 11));
        ChecksumState state = ChecksumState.Complete;
        int kind = random.Next(8);
        if (kind < 3)
        {
            frame = CarriedFlow<TAddress>.Unfinished(frame);
            state = ChecksumState.Partial;
        }
        else if (kind < 6)
        {
            ushort[] edges = [(ushort)random.Next(0x1_0000), 0, 0xffff];
            CarriedFlow<TAddress>.SetChecksum(frame, edges[kind - 3]);
        }
        VirtioHeader header = state == ChecksumState.Partial ? Unfinished : default;

        byte[] carried = harness.Carry(fromClient, header, frame, out _);

        byte[] expected = flow.Rewritten(fromClient, frame, state);
        Assert.True(expected.AsSpan().SequenceEqual(carried),
            $"{what}:\nfrom {Convert.ToHexString(frame)}\n"
            + $"want {Convert.ToHexString(expected)}\nhave {Convert.ToHexString(carried)}");
    }

    private static CarriedFlow<TAddress> Any(Random random)
    {
        uint client = Address(), vip = Address();
        ushort port = Port(), service = Port();
        return random.Next(5) switch
        {
            0 => CarriedFlow<TAddress>.MacsOnly(client),
            1 => CarriedFlow<TAddress>.Nat(client, port, vip, service, client, port, vip, Port()),
            2 => CarriedFlow<TAddress>.Nat(
                client, port, vip, service, Address(), Port(), Address(), Port()),
            _ => CarriedFlow<TAddress>.Nat(
                client, port, vip, service, client, port, Address(), service),
        };

        uint Address() => (uint)random.NextInt64(1L << 32);
        ushort Port() => (ushort)random.Next(1, 0x1_0000);
    }

    private static VirtioHeader Unfinished => new()
    {
        Flags = VirtioHeader.NeedsChecksum,
        ChecksumStart = (ushort)CarriedFlow<TAddress>.Transport,
        ChecksumOffset = 16,
    };
}
