// The writer's ICMP and neighbour discovery frames, and how much of a packet an error quotes.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class FrameWriterIcmpTests
{
    private static readonly FrameAddresses<Ipv4Address> V4 = new()
    {
        SourceMac = new MacAddress(0x0200_0000_0001),
        DestinationMac = new MacAddress(0x0200_0000_0002),
        Source = Ipv4Address.Parse("192.0.2.1"),
        Destination = Ipv4Address.Parse("192.0.2.2"),
    };

    private static readonly FrameAddresses<Ipv6Address> V6 = new()
    {
        SourceMac = new MacAddress(0x0200_0000_0001),
        DestinationMac = new MacAddress(0x0200_0000_0002),
        Source = Ipv6Address.Parse("2001:db8::1"),
        Destination = Ipv6Address.Parse("2001:db8::2"),
    };

    [Fact]
    public void An_echo_request_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(64);

        int length = FrameWriter.IcmpEchoV4(buffer, V4, isReply: false, 0x77, 3, "ping!"u8);

        AssertWritten(WireFrames.EchoV4(), buffer, length);
    }

    [Fact]
    public void Echo_replies_have_the_types_of_their_families()
    {
        byte[] buffer = WireFrames.Filled(128);

        int length = FrameWriter.IcmpEchoV4(buffer, V4, isReply: true, 1, 2, "data"u8);
        Assert.Equal(IcmpV4Type.EchoReply, buffer[34]);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));

        length = FrameWriter.IcmpEchoV6(buffer, V6, isReply: true, 1, 2, "data"u8);
        Assert.Equal(14 + 40 + 8 + 4, length);
        Assert.Equal(IpProtocol.IcmpV6, buffer[20]);
        Assert.Equal(WireFrames.Hex("8100"), buffer[54..56]);
        Assert.Equal(WireFrames.Hex("0001 0002 6461 7461"), buffer[58..66]);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));

        FrameWriter.IcmpEchoV6(buffer, V6, isReply: false, 1, 2);
        Assert.Equal(IcmpV6Type.EchoRequest, buffer[54]);
    }

    [Fact]
    public void A_neighbour_solicitation_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(128);

        int length = FrameWriter.NeighborSolicitation(
            buffer, V6.SourceMac, V6.Source, Ipv6Address.Parse("2001:db8::2"));

        AssertWritten(WireFrames.NeighborSolicitation(), buffer, length);
    }

    [Fact]
    public void A_probe_for_duplicates_tells_no_link_layer_address()
    {
        byte[] buffer = WireFrames.Filled(128);

        int length = FrameWriter.NeighborSolicitation(
            buffer, V6.SourceMac, default, Ipv6Address.Parse("2001:db8::2"), vlanTag: 5);

        Assert.Equal(18 + 40 + 24, length);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
        Assert.True(NeighborView.TryWrap(buffer.AsSpan(58, 24), out NeighborView view));
        Assert.False(view.TryGetLinkLayerAddress(out _));
        Assert.Equal(-1, buffer.AsSpan(length).IndexOfAnyExcept((byte)0xa5));
    }

    [Fact]
    public void A_neighbour_advertisement_is_written_byte_by_byte()
    {
        byte[] buffer = WireFrames.Filled(128);

        int length = FrameWriter.NeighborAdvertisement(
            buffer, V6.Reversed with { Ttl = 1 }, V6.Destination, V6.DestinationMac,
            NeighborAdvertisementFlags.Solicited | NeighborAdvertisementFlags.Override);

        AssertWritten(WireFrames.NeighborAdvertisement(), buffer, length);
    }

    [Fact]
    public void An_unreachable_message_quotes_the_packet_without_its_padding()
    {
        byte[] buffer = WireFrames.Filled(128);
        byte[] offending = [.. WireFrames.UdpV4()[14..], .. new byte[15]];

        int length = FrameWriter.IcmpErrorV4(
            buffer, V4, IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Port, 0,
            offending);

        Assert.Equal(14 + 20 + 8 + 31, length);
        Assert.Equal(WireFrames.Hex("0303"), buffer[34..36]);
        Assert.Equal(WireFrames.Hex("0000 0000"), buffer[38..42]);
        Assert.Equal(offending[..31], buffer[42..length]);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void Fragmentation_needed_tells_the_mtu_in_the_last_two_bytes()
    {
        byte[] buffer = WireFrames.Filled(128);

        int length = FrameWriter.IcmpErrorV4(
            buffer, V4, IcmpV4Type.DestinationUnreachable,
            IcmpV4UnreachableCode.FragmentationNeeded, 1400, WireFrames.UdpV4().AsSpan(14));

        Assert.Equal(WireFrames.Hex("0304"), buffer[34..36]);
        Assert.Equal(WireFrames.Hex("0000 0578"), buffer[38..42]);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void An_icmp_error_is_at_most_576_bytes_and_an_icmpv6_error_1280()
    {
        byte[] buffer = WireFrames.Filled(2000);
        byte[] frame = new byte[1600];
        int offending = FrameWriter.Udp(frame, V4, new byte[1472]);

        int length = FrameWriter.IcmpErrorV4(
            buffer, V4, IcmpV4Type.TimeExceeded, 0, 0, frame.AsSpan(14, offending - 14));
        Assert.Equal(14 + 576, length);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));

        offending = FrameWriter.Udp(frame, V6, new byte[1452]);
        length = FrameWriter.IcmpErrorV6(
            buffer, V6, IcmpV6Type.PacketTooBig, 0, 1400, frame.AsSpan(14, offending - 14));
        Assert.Equal(14 + 1280, length);
        Assert.Equal(WireFrames.Hex("0000 0578"), buffer[58..62]);
        Assert.Equal(frame[14..(14 + 1232)], buffer[62..length]);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void Even_a_few_bytes_and_lying_lengths_are_quoted()
    {
        byte[] buffer = WireFrames.Filled(128);
        byte[] packet = WireFrames.UdpV4()[14..];
        packet[2] = 0xff;

        int length = FrameWriter.IcmpErrorV4(buffer, V4, IcmpV4Type.ParameterProblem, 0, 0, packet);
        Assert.Equal(42 + packet.Length, length);
        length = FrameWriter.IcmpErrorV4(buffer, V4, IcmpV4Type.ParameterProblem, 0, 0, [0x45]);
        Assert.Equal(42 + 1, length);
        length = FrameWriter.IcmpErrorV6(buffer, V6, IcmpV6Type.ParameterProblem, 0, 0, [0x60]);
        Assert.Equal(62 + 1, length);
        length = FrameWriter.IcmpErrorV6(
            buffer, V6, IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Port, 0,
            [.. WireFrames.TcpV6()[14..], 0xa5]);
        Assert.Equal(62 + 65, length);
        Assert.True(FrameChecksums.AreValid(buffer.AsSpan(0, length)));
    }

    private static void AssertWritten(byte[] expected, byte[] buffer, int length)
    {
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(buffer, 0, length));
        Assert.Equal(-1, buffer.AsSpan(length).IndexOfAnyExcept((byte)0xa5));
    }
}
