// The IPv4 header: literal fields, impossible lengths, fragments, and the setters' checksums.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class Ipv4ViewTests
{
    private const int Start = 14;

    [Fact]
    public void A_packet_is_taken_apart()
    {
        Assert.True(Ipv4View.TryWrap(WireFrames.TcpSynV4().AsSpan(Start), out Ipv4View view));

        Assert.Equal(20, view.HeaderLength);
        Assert.Equal(60, view.TotalLength);
        Assert.Equal(0x1234, view.Identification);
        Assert.True(view.DontFragment);
        Assert.False(view.MoreFragments);
        Assert.False(view.IsFragment);
        Assert.Equal(0, view.FragmentOffsetBytes);
        Assert.Equal(64, view.Ttl);
        Assert.Equal(IpProtocol.Tcp, view.Protocol);
        Assert.Equal(0xa484, view.HeaderChecksum);
        Assert.True(view.HeaderChecksumIsValid);
        Assert.Equal("192.0.2.1", view.Source.ToString());
        Assert.Equal("192.0.2.2", view.Destination.ToString());
        Assert.False(view.HasOptions);
        Assert.Equal(0, view.DscpEcn);
        Assert.Equal(40, view.Payload.Length);
    }

    [Fact]
    public void Ethernet_padding_is_not_payload()
    {
        byte[] packet = [.. WireFrames.UdpV4()[Start..], .. WireFrames.Filled(15)];

        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));

        Assert.Equal(31, view.TotalLength);
        Assert.Equal(11, view.Payload.Length);
        Assert.Equal((byte)'c', view.Payload[^1]);
    }

    [Fact]
    public void A_truncated_packet_is_not_wrapped()
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        for (int length = 0; length < packet.Length; length++)
            Assert.False(Ipv4View.TryWrap(packet.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x55, 60)] // Version 5.
    [InlineData(0x65, 60)]
    [InlineData(0x05, 60)]
    [InlineData(0x44, 60)] // A header of 16 bytes.
    [InlineData(0x40, 60)]
    [InlineData(0x4f, 59)] // A header of 60 bytes in 59.
    [InlineData(0x45, 19)] // A total length shorter than the header.
    [InlineData(0x45, 0)]
    [InlineData(0x45, 61)] // One byte more than there is.
    [InlineData(0x45, 65535)]
    public void Impossible_versions_and_lengths_are_not_wrapped(byte first, int totalLength)
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        packet[0] = first;
        packet[2] = (byte)(totalLength >> 8);
        packet[3] = (byte)totalLength;

        Assert.False(Ipv4View.TryWrap(packet, out _));
    }

    [Fact]
    public void Options_belong_to_the_header()
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        packet[0] = 0x4f;

        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));

        Assert.True(view.HasOptions);
        Assert.Equal(60, view.HeaderLength);
        Assert.True(view.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(0x0000, false, false, false, 0)]
    [InlineData(0x4000, true, false, false, 0)]
    [InlineData(0x2000, false, true, true, 0)]
    [InlineData(0x2001, false, true, true, 8)]
    [InlineData(0x1fff, false, false, true, 65528)]
    [InlineData(0x8000, false, false, false, 0)] // The reserved bit alone.
    public void Fragments_are_told_by_flag_and_offset(
        int bits, bool dontFragment, bool moreFragments, bool isFragment, int offset)
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        packet[6] = (byte)(bits >> 8);
        packet[7] = (byte)bits;

        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));

        Assert.Equal(dontFragment, view.DontFragment);
        Assert.Equal(moreFragments, view.MoreFragments);
        Assert.Equal(isFragment, view.IsFragment);
        Assert.Equal(offset, view.FragmentOffsetBytes);
    }

    [Fact]
    public void Every_ttl_but_the_last_is_decremented_with_its_checksum()
    {
        for (int ttl = 2; ttl <= 255; ttl++)
        {
            byte[] packet = WireFrames.TcpSynV4()[Start..];
            packet[8] = (byte)ttl;
            Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));
            view.CompleteHeaderChecksum();
            Assert.True(view.HeaderChecksumIsValid);

            Assert.True(view.TryDecrementTtl());

            Assert.Equal(ttl - 1, view.Ttl);
            ushort updated = view.HeaderChecksum;
            view.CompleteHeaderChecksum();
            Assert.Equal(view.HeaderChecksum, updated);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_packet_without_a_hop_left_is_not_changed(byte ttl)
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        packet[8] = ttl;
        byte[] before = [.. packet];
        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));

        Assert.False(view.TryDecrementTtl());

        Assert.Equal(before, packet);
    }

    [Fact]
    public void One_flipped_bit_spoils_the_header_checksum()
    {
        for (int bit = 0; bit < 160; bit++)
        {
            byte[] packet = WireFrames.TcpSynV4()[Start..];
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Ipv4View.TryWrap(packet, out Ipv4View view))
                Assert.False(view.HeaderChecksumIsValid, $"bit {bit}");
        }
    }

    [Fact]
    public void The_rewrite_setters_change_their_own_bytes_only()
    {
        byte[] packet = WireFrames.TcpSynV4()[Start..];
        byte[] expected = [.. packet];
        WireFrames.Hex("0a00 0001 0a00 0002").CopyTo(expected, 12);
        expected[4] = 0xab;
        expected[5] = 0xcd;
        expected[10] = 0x11;
        expected[11] = 0x22;
        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View view));

        view.Source = Ipv4Address.Parse("10.0.0.1");
        view.Destination = Ipv4Address.Parse("10.0.0.2");
        view.Identification = 0xabcd;
        view.HeaderChecksum = 0x1122;

        Assert.Equal(expected, packet);
    }
}
