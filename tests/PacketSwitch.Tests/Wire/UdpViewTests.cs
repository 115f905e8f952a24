// The UDP header and its length field.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class UdpViewTests
{
    private const int Start = 34;

    [Fact]
    public void A_datagram_is_taken_apart()
    {
        Assert.True(UdpView.TryWrap(WireFrames.UdpV4().AsSpan(Start), out UdpView view));

        Assert.Equal(5353, view.SourcePort);
        Assert.Equal(53, view.DestinationPort);
        Assert.Equal(11, view.Length);
        Assert.Equal(0xa253, view.Checksum);
        Assert.Equal("abc"u8.ToArray(), view.Payload.ToArray());
    }

    [Fact]
    public void Bytes_behind_the_length_are_not_payload()
    {
        byte[] datagram = [.. WireFrames.UdpV4()[Start..], 0xa5, 0xa5];

        Assert.True(UdpView.TryWrap(datagram, out UdpView view));

        Assert.Equal("abc"u8.ToArray(), view.Payload.ToArray());
    }

    [Fact]
    public void A_truncated_datagram_is_not_wrapped()
    {
        byte[] datagram = WireFrames.UdpV4()[Start..];
        for (int length = 0; length < datagram.Length; length++)
            Assert.False(UdpView.TryWrap(datagram.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(40000)]
    [InlineData(65535)]
    public void An_impossible_length_is_not_wrapped(int length)
    {
        byte[] datagram = WireFrames.UdpV4()[Start..];
        datagram[4] = (byte)(length >> 8);
        datagram[5] = (byte)length;

        Assert.False(UdpView.TryWrap(datagram, out _));
    }

    [Fact]
    public void A_datagram_may_be_empty()
    {
        byte[] datagram = WireFrames.Hex("0001 0002 0008 0000");

        Assert.True(UdpView.TryWrap(datagram, out UdpView view));

        Assert.True(view.Payload.IsEmpty);
    }

    [Fact]
    public void The_rewrite_setters_change_their_own_bytes_only()
    {
        byte[] datagram = WireFrames.UdpV4()[Start..];
        Assert.True(UdpView.TryWrap(datagram, out UdpView view));

        view.SourcePort = 0x1111;
        view.DestinationPort = 0x2222;
        view.Checksum = 0x3333;

        Assert.Equal(WireFrames.Hex("1111 2222 000b 3333 6162 63"), datagram);
    }
}
