// The kernel's programs with real frames: what they carry leaves on the other port as the loops'
// rewriter would have made it, reaches no ring, and is counted; what is not theirs reaches the ring
// as it is. Each test runs for IPv4 and for IPv6.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.PacketIo.Offload;

[Collection(MachineCollection.Name)]
public sealed class KernelFlows4Tests : KernelFlowsTests<Ipv4Address>
{
    [SkippableFact]
    public void A_header_with_options_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = Taken(harness);

        harness.Keep(true, FrameEdits.WithOptions(flow.Frame(true, Next), 4));
    }

    [SkippableFact]
    public void Each_kind_of_fragment_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next);

        harness.Keep(true, FrameEdits.AsFragment(frame, 0, more: true));
        harness.Keep(true, FrameEdits.AsFragment(frame, 64, more: false));
        harness.Keep(true, FrameEdits.AsFragment(frame, 64, more: true));
    }

    [SkippableTheory]
    [InlineData(39)] // Less than the TCP header.
    [InlineData(19)] // Less than the IP header.
    [InlineData(0)]
    [InlineData(141)] // One more than there is.
    public void A_lying_total_length_is_the_loops(int length)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv4Address> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next, payload: 100);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)length);

        harness.Keep(true, frame);
    }
}

[Collection(MachineCollection.Name)]
public sealed class KernelFlows6Tests : KernelFlowsTests<Ipv6Address>
{
    [SkippableFact]
    public void Extension_headers_and_fragments_are_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv6Address> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next);

        harness.Keep(true, FrameEdits.WithOptions(frame, 8));
        harness.Keep(true, FrameEdits.AsFragment(frame, 0, more: true));
        harness.Keep(true, FrameEdits.AsFragment(frame, 64, more: false));
    }

    [SkippableTheory]
    [InlineData(19)] // Less than the TCP header.
    [InlineData(0)]
    [InlineData(121)] // One more than there is.
    public void A_lying_payload_length_is_the_loops(int length)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<Ipv6Address> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next, payload: 100);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(18), (ushort)length);

        harness.Keep(true, frame);
    }
}

public abstract class KernelFlowsTests<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    private protected const uint First = CarriedFlow<TAddress>.FirstSequence, Next = First + 100;

    private const uint Someone = 0xc000_0265;

    [SkippableTheory]
    [InlineData("half NAT")]
    [InlineData("full NAT")]
    [InlineData("MACs only")]
    public void Both_directions_leave_rewritten_with_right_checksums(string mode)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = mode switch
        {
            "half NAT" => CarriedFlow<TAddress>.HalfNat(Someone),
            "full NAT" => CarriedFlow<TAddress>.FullNat(Someone),
            _ => CarriedFlow<TAddress>.MacsOnly(Someone),
        };
        harness.Take(flow);

        foreach (bool fromClient in new[] { true, false })
        {
            for (uint i = 0; i < 3; i++)
            {
                byte[] frame = flow.Frame(fromClient, First + (100 * i), options: (int)i * 4);
                byte[] carried = harness.Carry(fromClient, frame);

                Assert.Equal(flow.Rewritten(fromClient, frame), carried);
                Assert.True(FrameChecksums.AreValid(carried));
            }
        }
    }

    [SkippableFact]
    public void Direct_server_return_carries_one_direction()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.Dsr(Someone);
        int number = harness.Take(flow);
        byte[] frame = flow.Frame(true, First);

        Assert.Equal(flow.Rewritten(true, frame), harness.Carry(true, frame));
        CarriedFlow<TAddress> back = CarriedFlow<TAddress>.MacsOnly(Someone);
        harness.Keep(false, back.Frame(false, First));
        Assert.Equal(1, harness.Flows.Collect(number, fromClient: true).Frames);
        Assert.Equal(default, harness.Flows.Collect(number, fromClient: false));
    }

    [SkippableFact]
    public void An_unfinished_checksum_stays_unfinished_and_is_the_new_ones()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = CarriedFlow<TAddress>.Unfinished(flow.Frame(true, Next));

        byte[] carried = harness.Carry(true, Unfinished, frame, out VirtioHeader left);

        Assert.Equal(flow.Rewritten(true, frame, ChecksumState.Partial), carried);
        Assert.Equal(VirtioHeader.NeedsChecksum, left.Flags & VirtioHeader.NeedsChecksum);
        Assert.Equal((Unfinished.ChecksumStart, Unfinished.ChecksumOffset),
            (left.ChecksumStart, left.ChecksumOffset));
        Assert.True(FrameChecksums.TryCompleteTransport(carried));
        byte[] whole = flow.Rewritten(true, flow.Frame(true, Next));
        Assert.Equal(whole, carried);
    }

    [SkippableFact]
    public void A_super_frame_passes_whole_with_its_segment_size()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = CarriedFlow<TAddress>.Unfinished(flow.Frame(true, Next, payload: 50_000));

        byte[] carried = harness.Carry(true, Super(1_400), frame, out VirtioHeader left);

        Assert.Equal(flow.Rewritten(true, frame, ChecksumState.Partial), carried);
        Assert.Equal((Super(1_400).SegmentType, (ushort)1_400, VirtioHeader.NeedsChecksum),
            (left.SegmentType, left.SegmentSize, (byte)(left.Flags & VirtioHeader.NeedsChecksum)));
    }

    [SkippableTheory]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin)]
    [InlineData(TcpFlags.Ack | TcpFlags.Syn)]
    [InlineData(TcpFlags.Syn)]
    [InlineData(TcpFlags.Rst)]
    [InlineData(TcpFlags.Ack | TcpFlags.Rst)]
    [InlineData(TcpFlags.None)]
    [InlineData(TcpFlags.Psh)]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin)]
    public void What_moves_the_connection_is_the_loops(TcpFlags flags)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);

        harness.Keep(true, flow.Frame(true, Next, flags: flags));
        harness.Keep(false, flow.Frame(false, Next, flags: flags));
    }

    [SkippableTheory]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh)]
    [InlineData(TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Cwr | TcpFlags.Urg)]
    public void Other_flags_are_carried(TcpFlags flags)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next, flags: flags);

        Assert.Equal(flow.Rewritten(true, frame), harness.Carry(true, frame));
    }

    [SkippableFact]
    public void Only_the_senders_mac_counts_where_it_is_known()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.HalfNat(Someone);
        flow.FromClient = flow.FromClient with { SourceMac = CarriedFlow<TAddress>.ClientMac };
        harness.Take(flow);
        byte[] frame = flow.Frame(true, First);

        Assert.Equal(flow.Rewritten(true, frame), harness.Carry(true, frame));
        for (int at = 6; at < 12; at++)
        {
            byte[] moved = [.. frame];
            moved[at] ^= 2;
            harness.Keep(true, moved);
        }
        byte[] back = flow.Frame(false, First);
        back[11] ^= 2;
        Assert.Equal(flow.Rewritten(false, back), harness.Carry(false, back));
    }

    [SkippableFact]
    public void A_frame_that_the_egress_does_not_take_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.HalfNat(Someone);
        flow.FromClient = flow.FromClient with { MaxFrameBytes = 600 };
        harness.Take(flow);
        int room = 600 - CarriedFlow<TAddress>.Transport - 20;

        byte[] longest = flow.Frame(true, First, payload: room);
        Assert.Equal(flow.Rewritten(true, longest), harness.Carry(true, longest));
        harness.Keep(true, flow.Frame(true, First, payload: room + 1));
        byte[] longer = flow.Frame(true, First, payload: room - 3, options: 4);
        harness.Keep(true, longer);
    }

    [SkippableFact]
    public void Of_a_super_frame_the_segments_must_fit_the_egress()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.HalfNat(Someone);
        flow.FromClient = flow.FromClient with { MaxFrameBytes = 600 };
        harness.Take(flow);
        int room = 600 - CarriedFlow<TAddress>.Transport - 32;
        byte[] frame = CarriedFlow<TAddress>.Unfinished(
            flow.Frame(true, First, payload: 5_000, options: 12));

        byte[] carried = harness.Carry(true, Super(room), frame, out VirtioHeader left);
        Assert.Equal(flow.Rewritten(true, frame, ChecksumState.Partial), carried);
        Assert.Equal(room, left.SegmentSize);
        harness.Keep(true, Super(room + 1), frame);
    }

    [SkippableFact]
    public void Tagged_frames_are_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next);

        harness.Keep(true, FrameEdits.WithTag(frame, 100));
        harness.Keep(true, FrameEdits.WithTag(frame, 0));
        harness.Keep(true, FrameEdits.WithTag(FrameEdits.WithTag(frame, 100), 9, 0x88a8));
    }

    [SkippableFact]
    public void Frames_to_a_group_are_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next);
        frame[0] |= 1;

        harness.Keep(true, frame);
        frame.AsSpan(0, 6).Fill(0xff);
        harness.Keep(true, frame);
    }

    [SkippableFact]
    public void Other_flows_and_other_protocols_are_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next);
        int addresses = TAddress.IsV6 ? 22 : 26;

        for (int at = addresses; at < CarriedFlow<TAddress>.Transport + 4; at++)
        {
            byte[] other = [.. frame];
            other[at] ^= 1;
            harness.Keep(true, other);
        }
        harness.Keep(true, FrameEdits.WithProtocol(frame, IpProtocol.Udp));
        harness.Keep(false, frame);
        byte[] version = [.. frame];
        version[14] ^= 0x20;
        harness.Keep(true, version);
    }

    [SkippableTheory]
    [InlineData(4)]
    [InlineData(0)]
    [InlineData(15)] // More than there is.
    public void A_lying_data_offset_is_the_loops(int words)
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next, payload: 39);
        frame[CarriedFlow<TAddress>.Transport + 12] = (byte)(words << 4);

        harness.Keep(true, frame);
    }

    [SkippableFact]
    public void A_frame_that_ends_within_its_headers_is_the_loops()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = Taken(harness);
        byte[] frame = flow.Frame(true, Next, payload: 0);

        harness.Keep(true, frame[..^1]);
        harness.Keep(true, frame[..(CarriedFlow<TAddress>.Transport + 4)]);
        harness.Keep(true, frame[..20]);
        byte[] padded = [.. frame, 0, 0, 0, 0, 0, 0];
        Assert.Equal(
            [.. flow.Rewritten(true, frame), 0, 0, 0, 0, 0, 0], harness.Carry(true, padded));
    }

    [SkippableFact]
    public void What_is_carried_counts_as_received_and_sent()
    {
        using var harness = new FlowsHarness();
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.FullNat(Someone);
        int number = harness.Take(flow);
        long there = 0, back = 0;
        for (uint i = 0; i < 5; i++)
        {
            byte[] frame = flow.Frame(true, First + (100 * i));
            there += harness.Carry(true, frame).Length;
            if (i < 2) back += harness.Carry(false, flow.Frame(false, First + (100 * i))).Length;
        }
        PortStatistics client = harness.Client.ReadStatistics();
        PortStatistics server = harness.Server.ReadStatistics();

        OffloadTally asked = harness.Flows.Collect(number, fromClient: true);
        OffloadTally answered = harness.Flows.Collect(number, fromClient: false);

        Assert.Equal((5, there, 0), (asked.Frames, asked.Bytes, asked.Failed));
        Assert.Equal((2, back, 0), (answered.Frames, answered.Bytes, answered.Failed));
        PortStatistics clientNow = harness.Client.ReadStatistics();
        PortStatistics serverNow = harness.Server.ReadStatistics();
        Assert.Equal(client with
        {
            ReceivedFrames = client.ReceivedFrames + 5,
            ReceivedBytes = client.ReceivedBytes + there,
            SentFrames = client.SentFrames + 2,
            SentBytes = client.SentBytes + back,
        }, clientNow);
        Assert.Equal(server with
        {
            ReceivedFrames = server.ReceivedFrames + 2,
            ReceivedBytes = server.ReceivedBytes + back,
            SentFrames = server.SentFrames + 5,
            SentBytes = server.SentBytes + there,
        }, serverNow);
        Assert.Equal(default, harness.Flows.Collect(number, fromClient: true));
        harness.Carry(true, flow.Frame(true, First));
        Assert.Equal(1, harness.Flows.Collect(number, fromClient: true).Frames);
    }

    private protected static CarriedFlow<TAddress> Taken(FlowsHarness harness)
    {
        CarriedFlow<TAddress> flow = CarriedFlow<TAddress>.HalfNat(Someone);
        harness.Take(flow);
        harness.Carry(true, flow.Frame(true, First));
        harness.Carry(false, flow.Frame(false, First));
        return flow;
    }

    private static VirtioHeader Unfinished => new()
    {
        Flags = VirtioHeader.NeedsChecksum,
        ChecksumStart = (ushort)CarriedFlow<TAddress>.Transport,
        ChecksumOffset = 16,
    };

    private static VirtioHeader Super(int segment) => Unfinished with
    {
        SegmentType = (byte)(TAddress.IsV6 ? 4 : 1),
        SegmentSize = (ushort)segment,
        HeaderLength = (ushort)(CarriedFlow<TAddress>.Transport + 20),
    };
}
