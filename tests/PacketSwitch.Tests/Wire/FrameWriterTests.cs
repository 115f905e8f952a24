// The writer's ARP, TCP and UDP frames, byte by byte, in buffers whose every byte was 0xa5 before.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class FrameWriterTests
{
    private static readonly FrameAddresses<Ipv4Address> V4 = new()
    {
        SourceMac = new MacAddress(0x0200_0000_0001),
        DestinationMac = new MacAddress(0x0200_0000_0002),
        Source = Ipv4Address.Parse("192.0.2.1"),
        Destination = Ipv4Address.Parse("192.0.2.2"),
        SourcePort = 5353,
        DestinationPort = 53,
    };

    private static readonly FrameAddresses<Ipv6Address> V6 = new()
    {
        SourceMac = new MacAddress(0x0200_0000_0001),
        DestinationMac = new MacAddress(0x0200_0000_0002),
        Source = Ipv6Address.Parse("2001:db8::1"),
        Destination = Ipv6Address.Parse("2001:db8::2"),
        SourcePort = 49152,
        DestinationPort = 443,
    };

    [Fact]
    public void An_arp_request_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(64);

        int length = FrameWriter.Arp(
            buffer, ArpOperation.Request, MacAddress.Broadcast, V4.SourceMac,
            V4.SourceMac, V4.Source, default, V4.Destination);

        AssertWritten(WireFrames.ArpRequest(), buffer, length);
    }

    [Fact]
    public void An_arp_reply_may_come_from_another_ethernet_address_and_carry_a_tag()
    {
        byte[] buffer = WireFrames.Filled(64);

        int length = FrameWriter.Arp(
            buffer, ArpOperation.Reply, V4.DestinationMac, new MacAddress(9),
            V4.SourceMac, V4.Source, V4.DestinationMac, V4.Destination, vlanTag: 0x6005);

        AssertWritten(
            WireFrames.Hex(
                "0200 0000 0002 0000 0000 0009 8100 6005 0806"
                + "0001 0800 0604 0002"
                + "0200 0000 0001 c000 0201 0200 0000 0002 c000 0202"),
            buffer, length);
    }

    [Fact]
    public void A_tcp_segment_over_ipv6_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(128);
        byte[] expected = WireFrames.TcpV6();
        WireFrames.Hex("6000 0000").CopyTo(expected, 14); // No traffic class, no flow label.

        int length = FrameWriter.Tcp(
            buffer, V6, 1, 2, TcpFlags.Psh | TcpFlags.Ack, 512, default, "hello"u8);

        AssertWritten(expected, buffer, length);
    }

    [Fact]
    public void A_udp_datagram_over_ipv4_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(64);

        int length = FrameWriter.Udp(buffer, V4, "abc"u8);

        AssertWritten(WireFrames.UdpV4(), buffer, length);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("0204 05b4", 24)]
    [InlineData("0303 07", 24)]
    [InlineData("0204 05b4 0303 07", 28)]
    [InlineData("0101", 24)]
    public void Tcp_options_are_filled_up_with_zeros(string options, int headerLength)
    {
        byte[] buffer = WireFrames.Filled(128);
        byte[] bytes = WireFrames.Hex(options);

        int length = FrameWriter.Tcp(buffer, V4, 1, 0, TcpFlags.Syn, 0, bytes, "x"u8);

        Assert.Equal(14 + 20 + headerLength + 1, length);
        Assert.True(TcpView.TryWrap(buffer.AsSpan(34, length - 34), out TcpView view));
        Assert.Equal(headerLength, view.HeaderLength);
        Assert.Equal(bytes, view.Options[..bytes.Length].ToArray());
        Assert.Equal(-1, view.Options[bytes.Length..].IndexOfAnyExcept((byte)0));
        Assert.Equal("x"u8.ToArray(), view.Payload.ToArray());
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
        Assert.Equal(-1, buffer.AsSpan(length).IndexOfAnyExcept((byte)0xa5));
    }

    [Fact]
    public void The_hop_count_is_64_unless_another_is_asked_for()
    {
        byte[] buffer = WireFrames.Filled(128);

        FrameWriter.Udp(buffer, V4, default);
        Assert.Equal(64, buffer[22]);
        FrameWriter.Udp(buffer, V4 with { Ttl = 3 }, default);
        Assert.Equal(3, buffer[22]);
        FrameWriter.Udp(buffer, V6, default);
        Assert.Equal(64, buffer[21]);
        FrameWriter.Udp(buffer, V6 with { Ttl = 3 }, default);
        Assert.Equal(3, buffer[21]);
    }

    [Fact]
    public void A_tag_moves_the_packet_by_four_bytes_and_changes_nothing_else()
    {
        byte[] plain = WireFrames.Filled(128);
        byte[] tagged = WireFrames.Filled(128);

        int plainLength = FrameWriter.Tcp(plain, V4, 1, 2, TcpFlags.Rst, 0);
        int taggedLength = FrameWriter.Tcp(tagged, V4 with { VlanTag = 7 }, 1, 2, TcpFlags.Rst, 0);

        Assert.Equal(plainLength + 4, taggedLength);
        Assert.Equal(plain.AsSpan(0, 12), tagged.AsSpan(0, 12));
        Assert.Equal(WireFrames.Hex("8100 0007 0800"), tagged[12..18]);
        Assert.Equal(plain[14..plainLength], tagged[18..taggedLength]);
    }

    [Fact]
    public void Reversed_addresses_are_those_of_the_answer()
    {
        FrameAddresses<Ipv4Address> answer = (V4 with { VlanTag = 7, Ttl = 3 }).Reversed;

        Assert.Equal(V4.DestinationMac, answer.SourceMac);
        Assert.Equal(V4.SourceMac, answer.DestinationMac);
        Assert.Equal(V4.Destination, answer.Source);
        Assert.Equal(V4.Source, answer.Destination);
        Assert.Equal(V4.DestinationPort, answer.SourcePort);
        Assert.Equal(V4.SourcePort, answer.DestinationPort);
        Assert.Equal(7, answer.VlanTag);
        Assert.Equal(3, answer.Ttl);
    }

    [Fact]
    public void The_longest_ip_packet_is_written_and_a_longer_one_refused()
    {
        byte[] buffer = new byte[70_000];
        byte[] payload = new byte[65_536];

        Assert.Equal(14 + 65_535, FrameWriter.Udp(buffer, V4, payload.AsSpan(0, 65_507)));
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, 14 + 65_535)));
        Assert.Throws<ArgumentException>(
            () => FrameWriter.Udp(buffer, V4, payload.AsSpan(0, 65_508)));
        Assert.Equal(54 + 65_535, FrameWriter.Udp(buffer, V6, payload.AsSpan(0, 65_527)));
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, 54 + 65_535)));
        Assert.Throws<ArgumentException>(
            () => FrameWriter.Udp(buffer, V6, payload.AsSpan(0, 65_528)));
    }

    [Fact]
    public void Too_many_options_and_too_short_a_buffer_are_the_callers_error()
    {
        byte[] buffer = new byte[128];

        Assert.Throws<ArgumentException>(
            () => FrameWriter.Tcp(buffer, V4, 0, 0, TcpFlags.Syn, 0, new byte[41]));
        Assert.ThrowsAny<ArgumentException>(
            () => FrameWriter.Tcp(buffer.AsSpan(0, 53), V4, 0, 0, TcpFlags.Syn, 0));
    }

    [Fact]
    public void Padding_fills_a_short_frame_with_zeros_and_leaves_a_long_one()
    {
        byte[] buffer = WireFrames.Filled(80);

        Assert.Equal(60, FrameWriter.PadToMinimum(buffer, 42));
        Assert.Equal(-1, buffer.AsSpan(42, 18).IndexOfAnyExcept((byte)0));
        Assert.Equal(0xa5, buffer[41]);
        Assert.Equal(0xa5, buffer[60]);
        Assert.Equal(60, FrameWriter.PadToMinimum(buffer, 60));
        Assert.Equal(75, FrameWriter.PadToMinimum(buffer, 75));
        Assert.Equal(0xa5, buffer[60]);
    }

    private static void AssertWritten(byte[] expected, byte[] buffer, int length)
    {
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(buffer, 0, length));
        Assert.Equal(-1, buffer.AsSpan(length).IndexOfAnyExcept((byte)0xa5));
    }
}
