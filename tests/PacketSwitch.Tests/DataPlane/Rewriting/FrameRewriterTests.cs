// The one place that changes frames: after any rewrite all checksums are what a full computation gives, and nothing but the named fields
// has changed.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Rewriting;

public sealed class FrameRewriter4Tests(ITestOutputHelper output) : FrameRewriterTests<Ipv4Address>(output)
{
    [Fact]
    public void A_udp_checksum_of_zero_stays_zero()
    {
        byte[] bytes = Udp(new Random(1), 50);
        const int ChecksumAt = 14 + 20 + 6;
        bytes[ChecksumAt] = bytes[ChecksumAt + 1] = 0;
        var frame = new TestFrame<Ipv4Address>(bytes);

        Apply(frame, RandomPlan(frame, new Random(2)).Client);

        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.AsSpan(ChecksumAt)));
        Assert.True(FrameChecksums.AreValid(frame.Bytes));
    }

    [Fact]
    public void A_udp_checksum_that_becomes_zero_is_sent_as_ffff()
    {
        // Of all destination ports, one makes the sum come out at zero.
        byte[] bytes = Udp(new Random(1), 50);
        var frame = new TestFrame<Ipv4Address>(bytes);
        int ones = 0;
        for (int port = 0; port <= ushort.MaxValue; port++)
        {
            bytes.CopyTo(frame.Descriptor.Span);
            Apply(frame, Plan(frame, Address(7), (ushort)port).Client);
            ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(frame.Descriptor.Span[(14 + 20 + 6)..]);
            Assert.NotEqual(0, checksum);
            ones += checksum == 0xffff ? 1 : 0;
        }

        Assert.InRange(ones, 1, 2);
    }
}

public sealed class FrameRewriter6Tests(ITestOutputHelper output) : FrameRewriterTests<Ipv6Address>(output)
{
}

public abstract class FrameRewriterTests<TAddress>(ITestOutputHelper output)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    private const int Rounds = 300;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;

    [Fact]
    public void After_a_rewrite_all_checksums_are_right_and_the_addresses_are_the_plans()
    {
        Random random = Seeded();
        for (int round = 0; round < Rounds; round++)
        {
            var frame = new TestFrame<TAddress>(Any(random));
            FlowEntry<TAddress> client = RandomPlan(frame, random).Client;
            byte[] before = frame.Bytes;

            Apply(frame, client);

            Assert.True(FrameChecksums.AreValid(frame.Bytes), $"round {round}");
            var after = new TestFrame<TAddress>(frame.Bytes);
            Assert.Equal(client.Rewrite.Source, after.Key.Source);
            Assert.Equal(client.Rewrite.Destination, after.Key.Destination);
            Assert.Equal(client.Rewrite.SourcePort, after.Key.SourcePort);
            Assert.Equal(client.Rewrite.DestinationPort, after.Key.DestinationPort);
            AssertOnlyRewrittenFieldsDiffer(before, frame);
        }
    }

    [Fact]
    public void There_and_back_is_the_identity()
    {
        Random random = Seeded();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] original = Any(random);
            var frame = new TestFrame<TAddress>(original);
            (FlowEntry<TAddress> client, FlowEntry<TAddress> server) = RandomPlan(frame, random);

            Apply(frame, client);
            Apply(frame, Back(client, server));

            Assert.Equal(original, frame.Bytes);
        }
    }

    [Fact]
    public void An_unfinished_checksum_follows_the_addresses_and_can_be_finished_later()
    {
        Random random = Seeded();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Any(random);
            MakePartial(bytes);
            var frame = new TestFrame<TAddress>(bytes, OffloadSupport.ByValue);
            Assert.Equal(ChecksumState.Partial, frame.Descriptor.Checksum);

            Apply(frame, RandomPlan(frame, random).Client);

            byte[] expected = frame.Bytes;
            MakePartial(expected);
            Assert.Equal(expected, frame.Bytes);
            Segmenter.CompleteChecksum(ref frame.Descriptor);
            Assert.Equal(ChecksumState.Complete, frame.Descriptor.Checksum);
            Assert.True(FrameChecksums.AreValid(frame.Bytes));
        }
    }

    [Fact]
    public void A_rewrite_that_changes_nothing_leaves_a_wrong_checksum_wrong()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        bytes[^1] ^= 1;
        var frame = new TestFrame<TAddress>(bytes);
        var plan = Plan(frame, frame.Key.Destination, frame.Key.DestinationPort);

        Assert.Equal(RewriteFlags.None, plan.Client.Rewrite.Flags);
        Apply(frame, plan.Client);

        Assert.Equal(bytes, frame.Bytes);
    }

    [Fact]
    public void A_wrong_checksum_does_not_become_right()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        bytes[^1] ^= 1;
        var frame = new TestFrame<TAddress>(bytes);

        Apply(frame, RandomPlan(frame, new Random(2)).Client);

        Assert.False(FrameChecksums.AreValid(frame.Bytes));
    }

    [Fact]
    public void Both_macs_are_set_and_nothing_else()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetMacs(ref frame.Descriptor, 0x0203_0405_0607, 0x1213_1415_1617);

        Assert.Equal(
            [2, 3, 4, 5, 6, 7, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17], frame.Bytes.AsSpan(0, 12).ToArray());
        Assert.Equal(bytes[12..], frame.Bytes[12..]);
    }

    [Fact]
    public void A_tag_is_put_on_into_the_headroom()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 100);

        AssertIs(frame, [.. bytes[..12], 0x81, 0, 0, 100, .. bytes[12..]], tags: 1, tag: 100);
    }

    [Fact]
    public void A_tag_is_taken_off()
    {
        byte[] bytes = Tcp(new Random(1), 10, vlanTag: 0x6064);
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 0);

        AssertIs(frame, [.. bytes[..12], .. bytes[16..]], tags: 0, tag: 0);
    }

    [Fact]
    public void A_replaced_tag_keeps_its_priority()
    {
        byte[] bytes = Tcp(new Random(1), 10, vlanTag: 0xb064);
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 0x234);

        AssertIs(frame, [.. bytes[..14], 0xb2, 0x34, .. bytes[16..]], tags: 1, tag: 0xb234);
    }

    [Fact]
    public void Of_two_tags_the_outer_one_is_taken_off()
    {
        byte[] tagged = Tcp(new Random(1), 10, vlanTag: 5);
        byte[] bytes = [.. tagged[..12], 0x88, 0xa8, 0, 9, .. tagged[12..]];
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 0);

        AssertIs(frame, tagged, tags: 1, tag: 5);
    }

    [Fact]
    public void An_untagged_frame_stays_untagged()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        var frame = new TestFrame<TAddress>(bytes);

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 0);

        AssertIs(frame, bytes, tags: 0, tag: 0);
    }

    [Fact]
    public void Where_an_unfinished_segment_begins_moves_with_the_tag()
    {
        byte[] bytes = Tcp(new Random(1), 10, 0);
        MakePartial(bytes);
        var frame = new TestFrame<TAddress>(bytes, OffloadSupport.ByValue);
        int start = frame.Descriptor.ChecksumStart;

        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 100);
        Assert.Equal(start + 4, frame.Descriptor.ChecksumStart);
        FrameRewriter.SetVlan(ref frame.Descriptor, ref frame.Info, 0);
        Assert.Equal(start, frame.Descriptor.ChecksumStart);
        Segmenter.CompleteChecksum(ref frame.Descriptor);

        Assert.True(FrameChecksums.AreValid(frame.Bytes));
    }

    private protected static void Apply(TestFrame<TAddress> frame, FlowEntry<TAddress> entry)
        => FrameRewriter.Apply(
            ref entry.Rewrite, frame.Descriptor.Span, ref frame.Info, frame.Descriptor.Checksum);

    private protected static (FlowEntry<TAddress> Client, FlowEntry<TAddress> Server) RandomPlan(
        TestFrame<TAddress> frame, Random random)
    {
        bool fullNat = random.Next(3) == 0;
        return Plan(frame, Address((uint)random.Next()), (ushort)random.Next(1, 65_536),
            fullNat ? Address((uint)random.Next()) : null, (ushort)random.Next(1, 65_536));
    }

    private protected static (FlowEntry<TAddress> Client, FlowEntry<TAddress> Server) Plan(
        TestFrame<TAddress> frame, TAddress real, ushort realPort, TAddress? proxy = null, ushort proxyPort = 0)
    {
        FlowEntry<TAddress> client = default;
        FlowEntry<TAddress> server = default;
        client.Key = frame.Key;
        RewritePlans.ForNat(
            ref client, ref server, proxy ?? frame.Key.Source, proxy is null ? frame.Key.SourcePort : proxyPort,
            real, realPort, 0);
        return (client, server);
    }

    private protected static TAddress Address(uint number) => Sessions.TestFlows.Address<TAddress>(number);

    private protected static byte[] Udp(Random random, int payload) => Write(random, payload, 0, udp: true);

    private static byte[] Tcp(Random random, int payload, ushort vlanTag) => Write(random, payload, vlanTag, udp: false);

    private static byte[] Any(Random random) => Write(
        random, random.Next(0, 1200), random.Next(3) == 0 ? (ushort)random.Next(1, 4095) : (ushort)0, random.Next(2) == 0);

    private static byte[] Write(Random random, int payloadBytes, ushort vlanTag, bool udp)
    {
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = new MacAddress(0x0200_0000_0002),
            DestinationMac = new MacAddress(0x0200_0000_0001),
            Source = Address((uint)random.Next()),
            Destination = Address((uint)random.Next()),
            SourcePort = (ushort)random.Next(1, 65_536),
            DestinationPort = (ushort)random.Next(1, 65_536),
            VlanTag = vlanTag,
        };
        byte[] payload = new byte[payloadBytes];
        random.NextBytes(payload);
        byte[] frame = new byte[2000];
        int length = udp
            ? FrameWriter.Udp(frame, addresses, payload)
            : FrameWriter.Tcp(frame, addresses, 1, 2, TcpFlags.Ack, 3, default, payload);
        return frame[..length];
    }

    // The way back of a whole frame: what the rewrite of the client's direction did, undone.
    private static FlowEntry<TAddress> Back(FlowEntry<TAddress> client, FlowEntry<TAddress> server)
    {
        FlowEntry<TAddress> undo = default;
        FlowEntry<TAddress> unused = default;
        undo.Key = server.Key;
        undo.Key.Source = server.Key.Destination;
        undo.Key.SourcePort = server.Key.DestinationPort;
        undo.Key.Destination = server.Key.Source;
        undo.Key.DestinationPort = server.Key.SourcePort;
        RewritePlans.ForNat(
            ref undo, ref unused, client.Key.Source, client.Key.SourcePort, client.Key.Destination,
            client.Key.DestinationPort, 0);
        return undo;
    }

    private static void MakePartial(byte[] bytes)
    {
        var frame = new TestFrame<TAddress>(bytes);
        ref FrameInfo info = ref frame.Info;
        int field = info.TransportOffset + (info.Protocol == IpProtocol.Tcp ? TcpChecksum : UdpChecksum);
        uint pseudo = InternetChecksum.PseudoHeaderSum(
            frame.Key.Source, frame.Key.Destination, info.Protocol, info.TransportLength);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(field), InternetChecksum.Fold(pseudo));
    }

    private static void AssertOnlyRewrittenFieldsDiffer(byte[] before, TestFrame<TAddress> frame)
    {
        byte[] after = frame.Bytes;
        ref FrameInfo info = ref frame.Info;
        int checksum = info.TransportOffset + (info.Protocol == IpProtocol.Tcp ? TcpChecksum : UdpChecksum);
        int addresses = info.NetworkOffset + (TAddress.IsV6 ? 8 : 12);
        for (int i = 0; i < before.Length; i++)
        {
            bool mayDiffer = (i >= addresses && i < addresses + (2 * TAddress.Length))
                || (!TAddress.IsV6 && i >= info.NetworkOffset + 10 && i < info.NetworkOffset + 12)
                || (i >= info.TransportOffset && i < info.TransportOffset + 4)
                || (i >= checksum && i < checksum + 2);
            Assert.True(mayDiffer || before[i] == after[i], $"byte {i}");
        }
        Assert.Equal(before.Length, after.Length);
    }

    private static void AssertIs(TestFrame<TAddress> frame, byte[] expected, int tags, ushort tag)
    {
        Assert.Equal(expected, frame.Bytes);
        Assert.Equal(expected.Length, frame.Descriptor.WireLength);
        Assert.True(FrameChecksums.AreValid(frame.Bytes));
        var fresh = new TestFrame<TAddress>(expected);
        Assert.Equal(tags, frame.Info.VlanTags);
        Assert.Equal(tag, frame.Info.VlanTag);
        Assert.Equal(fresh.Info.NetworkOffset, frame.Info.NetworkOffset);
        Assert.Equal(fresh.Info.TransportOffset, frame.Info.TransportOffset);
    }

    private Random Seeded()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
