// Which neighbour discovery is believed at all (RFC 4861 section 7.1).

using PacketSwitch.Control.Neighbors;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Neighbors;

public sealed class NeighborMessageTests
{
    private const int Icmp = 14 + 40;
    private const int OptionLength = Icmp + 24 + 1;

    private static readonly MacAddress Mac = new(0x0200_0000_0005);
    private static readonly Ipv6Address Asker = Ipv6Address.Parse("2001:db8::5");
    private static readonly Ipv6Address Wanted = Ipv6Address.Parse("2001:db8::2");

    [Fact]
    public void A_question_says_who_asks_from_where()
    {
        Assert.True(NeighborMessage.TryRead(Question(), out NeighborMessage message));

        Assert.Equal(
            (true, IpAddress.From(Asker), Mac, IpAddress.From(Wanted)),
            (message.IsRequest, message.Sender, message.SenderMac, message.Target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void An_option_without_length_or_beyond_the_end_spoils_the_message(byte units)
    {
        byte[] frame = Question();
        frame[OptionLength] = units;

        Assert.False(NeighborMessage.TryRead(WithChecksum(frame), out _));
    }

    [Fact]
    public void A_message_that_crossed_a_router_is_not_read()
    {
        byte[] frame = Question();
        frame[14 + 7] = 254;

        Assert.False(NeighborMessage.TryRead(frame, out _));
    }

    private static byte[] Question()
    {
        byte[] buffer = new byte[200];
        int length = FrameWriter.NeighborSolicitation(buffer, Mac, Asker, Wanted);
        return buffer[..length];
    }

    private static byte[] WithChecksum(byte[] frame)
    {
        frame.AsSpan(Icmp + 2, 2).Clear();
        ushort sum = InternetChecksum.ComputeTransport(
            Asker, Wanted.SolicitedNodeMulticast, IpProtocol.IcmpV6, frame.AsSpan(Icmp));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Icmp + 2), sum);
        return frame;
    }
}
