// The IPv6 header and the walk along extension headers: every kind, the chains that lie, and the
// bound.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class Ipv6ViewTests
{
    private const int Start = 14;
    private const string HopByHop16 = "01 0000 0000 0000 0000 0000 0000 0000";

    [Fact]
    public void A_packet_is_taken_apart()
    {
        Assert.True(Ipv6View.TryWrap(WireFrames.TcpV6().AsSpan(Start), out Ipv6View view));

        Assert.Equal(0x20, view.TrafficClass);
        Assert.Equal(0xa_bcdeu, view.FlowLabel);
        Assert.Equal(25, view.PayloadLength);
        Assert.Equal(IpProtocol.Tcp, view.NextHeader);
        Assert.Equal(64, view.HopLimit);
        Assert.Equal("2001:db8::1", view.Source.ToString());
        Assert.Equal("2001:db8::2", view.Destination.ToString());
        Assert.Equal(25, view.Payload.Length);
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal(IpProtocol.Tcp, upper.Protocol);
        Assert.Equal(40, upper.Offset);
        Assert.False(upper.HasExtensions);
        Assert.False(upper.HasFragmentHeader);
        Assert.False(upper.IsFragment);
    }

    [Fact]
    public void Bytes_behind_the_payload_length_are_not_payload()
    {
        byte[] packet = [.. WireFrames.TcpV6()[Start..], .. WireFrames.Filled(9)];

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));

        Assert.Equal(25, view.Payload.Length);
        Assert.Equal((byte)'o', view.Payload[^1]);
    }

    [Fact]
    public void A_truncated_packet_is_not_wrapped()
    {
        byte[] packet = WireFrames.TcpV6()[Start..];
        for (int length = 0; length < packet.Length; length++)
            Assert.False(Ipv6View.TryWrap(packet.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x70)]
    [InlineData(0x00)]
    public void Another_version_is_not_wrapped(byte first)
    {
        byte[] packet = WireFrames.TcpV6()[Start..];
        packet[0] = first;

        Assert.False(Ipv6View.TryWrap(packet, out _));
    }

    [Theory]
    [InlineData(0, "06" + HopByHop16, 56)]
    [InlineData(43, "06 00 0000 0000 0000", 48)]
    [InlineData(60, "06 00 0000 0000 0000", 48)]
    [InlineData(51, "06 04 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000", 64)]
    [InlineData(0, "2b" + HopByHop16 + "3c 00 0000 0000 0000 06 00 0000 0000 0000", 72)]
    [InlineData(60, "2b 00 0000 0000 0000 3c 00 0000 0000 0000 06 00 0000 0000 0000", 64)]
    public void Each_extension_header_is_measured_by_its_own_length(
        byte first, string headers, int offset)
    {
        byte[] packet = Packet(first, headers + "c000 01bb");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));

        Assert.Equal(IpProtocol.Tcp, upper.Protocol);
        Assert.Equal(offset, upper.Offset);
        Assert.True(upper.HasExtensions);
        Assert.False(upper.HasFragmentHeader);
        Assert.Equal(WireFrames.Hex("c000 01bb"), view.PayloadOf(upper).ToArray());
    }

    [Theory]
    [InlineData(50)] // ESP: what follows is encrypted.
    [InlineData(59)] // No next header.
    [InlineData(58)]
    [InlineData(253)]
    public void Other_protocols_end_the_walk(byte protocol)
    {
        byte[] packet = Packet(60, $"{protocol:x2} 00 0000 0000 0000 ff");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));

        Assert.Equal(protocol, upper.Protocol);
        Assert.Equal(48, upper.Offset);
    }

    [Fact]
    public void A_first_fragment_is_walked_through_to_its_upper_layer()
    {
        byte[] packet = Packet(0, "2c" + HopByHop16 + "3c 00 0001 1234 5678 11 00 0000 0000 0000");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));

        Assert.Equal(IpProtocol.Udp, upper.Protocol);
        Assert.Equal(72, upper.Offset);
        Assert.True(upper.IsFragment);
        Assert.True(upper.MoreFragments);
        Assert.Equal(0, upper.FragmentOffsetBytes);
        Assert.Equal(0x1234_5678u, upper.FragmentId);
        Assert.Equal(56, upper.FragmentHeaderOffset);
    }

    [Fact]
    public void A_later_fragment_ends_the_walk_because_its_bytes_are_no_header()
    {
        byte[] packet = Packet(44, "3c 00 05a8 0000 0001 ff ff ffff ffff ffff");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));

        Assert.Equal(IpProtocol.DestinationOptions, upper.Protocol);
        Assert.Equal(48, upper.Offset);
        Assert.Equal(0x05a8, upper.FragmentOffsetBytes);
        Assert.False(upper.MoreFragments);
        Assert.True(upper.IsFragment);
    }

    [Fact]
    public void An_atomic_fragment_is_whole()
    {
        byte[] packet = Packet(44, "06 00 0000 0000 0001 c000 01bb");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.True(view.TryFindUpperLayer(out Ipv6UpperLayer upper));

        Assert.True(upper.HasFragmentHeader);
        Assert.False(upper.IsFragment);
        Assert.Equal(48, upper.Offset);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "06 00 0000 0000 00")]
    [InlineData(0, "06 01 0000 0000 0000 0000 0000 0000 00")]
    [InlineData(43, "06 ff 0000 0000 0000 0000 0000 0000 0000")]
    [InlineData(51, "06 ff 0000 0000 0000")]
    [InlineData(44, "06 00 0001 0000 00")]
    [InlineData(60, "3c 00 0000 0000 0000")]
    public void A_header_that_leaves_the_payload_is_malformed(byte first, string headers)
    {
        AssertMalformed(Packet(first, headers));
    }

    [Fact]
    public void Hop_by_hop_options_anywhere_but_first_are_malformed()
    {
        AssertMalformed(Packet(60, "00 00 0000 0000 0000 06 00 0000 0000 0000"));
        AssertMalformed(Packet(0, "00 00 0000 0000 0000 06 00 0000 0000 0000"));
    }

    [Fact]
    public void A_second_fragment_header_is_malformed()
    {
        AssertMalformed(Packet(44, "2c 00 0000 0000 0001 06 00 0000 0000 0001 ff"));
    }

    [Theory]
    [InlineData(Ipv6View.MaximumExtensionHeaders, true)]
    [InlineData(Ipv6View.MaximumExtensionHeaders + 1, false)]
    [InlineData(100, false)]
    public void A_chain_has_a_bound(int headers, bool isFollowed)
    {
        string chain = string.Concat(Enumerable.Repeat("3c 00 0000 0000 0000", headers - 1));
        byte[] packet = Packet(60, chain + "06 00 0000 0000 0000 ff");

        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));

        Assert.Equal(isFollowed, view.TryFindUpperLayer(out _));
    }

    [Fact]
    public void The_setters_change_their_own_bytes_only()
    {
        byte[] packet = WireFrames.TcpV6()[Start..];
        byte[] expected = [.. packet];
        expected[7] = 9;
        Ipv6Address.Parse("2001:db8:1::1").Write(expected.AsSpan(8));
        Ipv6Address.Parse("2001:db8:2::2").Write(expected.AsSpan(24));
        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));

        view.HopLimit = 9;
        view.Source = Ipv6Address.Parse("2001:db8:1::1");
        view.Destination = Ipv6Address.Parse("2001:db8:2::2");

        Assert.Equal(expected, packet);
    }

    private static void AssertMalformed(byte[] packet)
    {
        Assert.True(Ipv6View.TryWrap(packet, out Ipv6View view));
        Assert.False(view.TryFindUpperLayer(out _));
    }

    private static byte[] Packet(byte nextHeader, string payload)
    {
        byte[] bytes = WireFrames.Hex(payload);
        byte[] header = WireFrames.TcpV6()[Start..(Start + 40)];
        header[4] = (byte)(bytes.Length >> 8);
        header[5] = (byte)bytes.Length;
        header[6] = nextHeader;
        return [.. header, .. bytes];
    }
}
