// The eight bytes that ICMP and ICMPv6 share.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class IcmpViewTests
{
    private const int Start = 34;

    [Fact]
    public void An_echo_request_is_taken_apart()
    {
        Assert.True(IcmpView.TryWrap(WireFrames.EchoV4().AsSpan(Start), out IcmpView view));

        Assert.Equal(IcmpV4Type.EchoRequest, view.Type);
        Assert.Equal(0, view.Code);
        Assert.Equal(0xf7b4, view.Checksum);
        Assert.Equal(0x77, view.Identifier);
        Assert.Equal(3, view.Sequence);
        Assert.Equal(0x0077_0003u, view.Parameter);
        Assert.Equal("ping!"u8.ToArray(), view.Payload.ToArray());
    }

    [Fact]
    public void A_truncated_message_is_not_wrapped()
    {
        byte[] message = WireFrames.EchoV4()[Start..];
        for (int length = 0; length < 8; length++)
            Assert.False(IcmpView.TryWrap(message.AsSpan(0, length), out _));
        Assert.True(IcmpView.TryWrap(message.AsSpan(0, 8), out IcmpView view));
        Assert.True(view.Payload.IsEmpty);
    }

    [Fact]
    public void The_rewrite_setters_change_their_own_bytes_only()
    {
        byte[] message = WireFrames.EchoV4()[Start..];
        Assert.True(IcmpView.TryWrap(message, out IcmpView view));

        view.Identifier = 0x1111;
        view.Checksum = 0x2222;

        Assert.Equal(WireFrames.Hex("0800 2222 1111 0003 7069 6e67 21"), message);
    }

    [Fact]
    public void Errors_are_told_from_messages_that_may_be_answered()
    {
        byte[] v4 = [.. Enumerable.Range(0, 256).Select(t => (byte)t).Where(IcmpV4Type.IsError)];
        byte[] v6 = [.. Enumerable.Range(0, 256).Select(t => (byte)t).Where(IcmpV6Type.IsError)];

        Assert.Equal([3, 4, 5, 11, 12], v4);
        Assert.Equal(Enumerable.Range(0, 128).Select(t => (byte)t), v6);
    }
}
