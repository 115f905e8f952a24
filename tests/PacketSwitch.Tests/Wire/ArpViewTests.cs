// ARP messages: the fields of a literal request, and what is not ARP for IPv4 over Ethernet.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class ArpViewTests
{
    private const int Start = 14;

    [Fact]
    public void A_request_is_taken_apart()
    {
        Assert.True(ArpView.TryWrap(WireFrames.ArpRequest().AsSpan(Start), out ArpView view));

        Assert.Equal(ArpOperation.Request, view.Operation);
        Assert.Equal("02:00:00:00:00:01", view.SenderMac.ToString());
        Assert.Equal("192.0.2.1", view.SenderAddress.ToString());
        Assert.True(view.TargetMac.IsZero);
        Assert.Equal("192.0.2.2", view.TargetAddress.ToString());
    }

    [Fact]
    public void Padding_behind_a_message_does_no_harm()
    {
        byte[] padded = [.. WireFrames.ArpRequest()[Start..], .. new byte[18]];

        Assert.True(ArpView.TryWrap(padded, out ArpView view));
        Assert.Equal("192.0.2.2", view.TargetAddress.ToString());
    }

    [Fact]
    public void A_truncated_message_is_not_wrapped()
    {
        byte[] message = WireFrames.ArpRequest()[Start..];
        for (int length = 0; length < message.Length; length++)
            Assert.False(ArpView.TryWrap(message.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 0x86)]
    [InlineData(4, 0)]
    [InlineData(4, 8)]
    [InlineData(4, 255)]
    [InlineData(5, 16)]
    [InlineData(5, 0)]
    public void Other_hardware_protocols_and_lengths_are_not_wrapped(int position, byte value)
    {
        byte[] message = WireFrames.ArpRequest()[Start..];
        message[position] = value;

        Assert.False(ArpView.TryWrap(message, out _));
    }
}
