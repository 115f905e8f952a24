// The checksums of whole frames: each one spoiled, completed, or rightly ignored.

using System.Buffers.Binary;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class FrameChecksumsTests
{
    [Fact]
    public void Frames_from_elsewhere_are_valid()
    {
        foreach (byte[] frame in WireFrames.All())
            Assert.True(FrameChecksums.AreValid(frame), FrameText.Describe(frame));
    }

    [Fact]
    public void One_flipped_bit_in_covered_bytes_is_noticed()
    {
        foreach (byte[] frame in WireFrames.All())
        {
            bool isArp = frame[13] == 0x06;
            for (int bit = 14 * 8; bit < frame.Length * 8 && !isArp; bit++)
            {
                if (!IsCovered(frame, bit))
                    continue;
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(
                    FrameChecksums.AreValid(frame), $"{FrameText.Describe(frame)} bit {bit}");
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        // IPv6 has no header checksum: class, label and hop limit may change; so may the protocol,
        // to one that has none.
        static bool IsCovered(byte[] frame, int bit) =>
            frame[12] == 0x08 || bit / 8 is 14 + 4 or 14 + 5 or >= 14 + 8;
    }

    [Theory]
    [InlineData(16)]
    [InlineData(0xffff)]
    public void An_unfinished_checksum_is_completed_whatever_stood_there(int standing)
    {
        byte[][] frames = [WireFrames.TcpSynV4(), WireFrames.UdpV4(), WireFrames.TcpV6(),
            WireFrames.NeighborSolicitation()];
        int[] positions = [50, 40, 70, 56];
        for (int at = 0; at < frames.Length; at++)
        {
            byte[] complete = [.. frames[at]];
            Span<byte> field = frames[at].AsSpan(positions[at]);
            BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)standing);

            Assert.True(FrameChecksums.TryCompleteTransport(frames[at]));

            Assert.Equal(complete, frames[at]);
        }
    }

    [Fact]
    public void The_packet_behind_tags_and_before_padding_is_completed()
    {
        byte[] inner = WireFrames.UdpV4();
        byte[] frame =
            [.. inner[..12], .. WireFrames.Hex("88a8 0001 8100 0002"), .. inner[12..], 0xa5, 0xa5];
        byte[] complete = [.. frame];
        frame[48] ^= 0xff;
        Assert.False(FrameChecksums.AreValid(frame));

        Assert.True(FrameChecksums.TryCompleteTransport(frame));

        Assert.Equal(complete, frame);
    }

    [Fact]
    public void Frames_without_a_whole_segment_are_left_alone()
    {
        byte[] fragment = WireFrames.UdpV4();
        fragment[20] = 0x20;
        byte[] truncated = WireFrames.TcpSynV4()[..50];
        byte[] cutWithin = WireFrames.TcpSynV4();
        cutWithin[46] = 0xf0;
        byte[][] frames =
            [fragment, truncated, cutWithin, WireFrames.ArpRequest(), WireFrames.EchoV4(), []];
        foreach (byte[] frame in frames)
        {
            byte[] before = [.. frame];
            Assert.False(FrameChecksums.TryCompleteTransport(frame));
            Assert.Equal(before, frame);
        }
    }

    [Fact]
    public void A_fragment_is_judged_by_its_ip_header_alone()
    {
        byte[] frame = WireFrames.UdpV4();
        frame[20] = 0x20;
        frame[40] ^= 0xff;
        Assert.False(FrameChecksums.AreValid(frame));
        Assert.True(Ipv4View.TryWrap(frame.AsSpan(14), out Ipv4View view));

        view.CompleteHeaderChecksum();

        Assert.True(FrameChecksums.AreValid(frame));
    }

    [Fact]
    public void An_ipv6_fragment_is_neither_judged_nor_completed_and_an_atomic_one_is_both()
    {
        byte[] whole = WireFrames.TcpV6();
        byte[] atomic =
            [.. whole[..54], .. WireFrames.Hex("0600 0000 0000 0001"), .. whole[54..]];
        atomic[19] += 8;
        atomic[20] = IpProtocol.Fragment;
        byte[] fragment = [.. atomic];
        fragment[57] = 1; // More fragments follow.
        fragment[78] ^= 0xff;
        byte[] before = [.. fragment];

        Assert.True(FrameChecksums.AreValid(atomic));
        Assert.True(FrameChecksums.TryCompleteTransport(atomic));
        Assert.True(FrameChecksums.AreValid(fragment));
        Assert.False(FrameChecksums.TryCompleteTransport(fragment));
        Assert.Equal(before, fragment);
    }

    [Fact]
    public void Malformed_packets_are_not_valid()
    {
        Assert.False(FrameChecksums.AreValid([]));
        Assert.False(FrameChecksums.AreValid(WireFrames.TcpSynV4().AsSpan(0, 73)));
        Assert.False(FrameChecksums.AreValid(WireFrames.TcpV6().AsSpan(0, 78)));
        byte[] shortSegment = WireFrames.TcpSynV4();
        shortSegment[17] = 30; // The total length cuts the TCP header.
        Assert.True(Ipv4View.TryWrap(shortSegment.AsSpan(14), out Ipv4View view));
        view.CompleteHeaderChecksum();
        Assert.False(FrameChecksums.AreValid(shortSegment));
    }
}
