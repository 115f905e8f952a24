// Neighbour discovery: literal messages, and options that lie.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class NeighborViewTests
{
    private const int Start = 54;

    [Fact]
    public void A_solicitation_is_taken_apart()
    {
        Assert.True(NeighborView.TryWrap(
            WireFrames.NeighborSolicitation().AsSpan(Start), out NeighborView view));

        Assert.False(view.IsAdvertisement);
        Assert.Equal("2001:db8::2", view.TargetAddress.ToString());
        Assert.Equal(NeighborAdvertisementFlags.None, view.Flags);
        Assert.True(view.TryGetLinkLayerAddress(out MacAddress address));
        Assert.Equal("02:00:00:00:00:01", address.ToString());
    }

    [Fact]
    public void An_advertisement_is_taken_apart()
    {
        Assert.True(NeighborView.TryWrap(
            WireFrames.NeighborAdvertisement().AsSpan(Start), out NeighborView view));

        Assert.True(view.IsAdvertisement);
        Assert.Equal("2001:db8::2", view.TargetAddress.ToString());
        Assert.Equal(
            NeighborAdvertisementFlags.Solicited | NeighborAdvertisementFlags.Override, view.Flags);
        Assert.True(view.TryGetLinkLayerAddress(out MacAddress address));
        Assert.Equal("02:00:00:00:00:02", address.ToString());
    }

    [Fact]
    public void A_truncated_message_is_not_wrapped()
    {
        byte[] message = WireFrames.NeighborSolicitation()[Start..];
        for (int length = 0; length < 24; length++)
            Assert.False(NeighborView.TryWrap(message.AsSpan(0, length), out _));
        for (int length = 24; length < 32; length++)
        {
            Assert.True(NeighborView.TryWrap(message.AsSpan(0, length), out NeighborView view));
            Assert.False(view.TryGetLinkLayerAddress(out _));
        }
    }

    [Theory]
    [InlineData(133, 0)]
    [InlineData(134, 0)]
    [InlineData(137, 0)]
    [InlineData(128, 0)]
    [InlineData(135, 1)]
    public void Another_type_or_code_is_not_wrapped(byte type, byte code)
    {
        byte[] message = WireFrames.NeighborSolicitation()[Start..];
        message[0] = type;
        message[1] = code;

        Assert.False(NeighborView.TryWrap(message, out _));
    }

    [Theory]
    [InlineData("0e01 0000 0000 0000 0101 0200 0000 0009", true)] // Behind a nonce.
    [InlineData("0201 0200 0000 0009", false)] // The option of an advertisement.
    [InlineData("0102 0200 0000 0009 0000 0000 0000 0000", false)] // No Ethernet address.
    [InlineData("0100 0200 0000 0009", false)] // A length of 0.
    [InlineData("0102 0200 0000 0009", false)] // Longer than the message.
    [InlineData("0101 0200 0000 0009 0e00 0000 0000 0000", false)] // A length of 0 behind it.
    public void A_message_is_used_only_if_all_options_are_possible(string options, bool hasAddress)
    {
        byte[] message =
            [.. WireFrames.NeighborSolicitation()[Start..(Start + 24)], .. WireFrames.Hex(options)];

        Assert.True(NeighborView.TryWrap(message, out NeighborView view));

        Assert.Equal(hasAddress, view.TryGetLinkLayerAddress(out MacAddress address));
        Assert.Equal(hasAddress ? 0x0200_0000_0009ul : 0ul, address.Value);
    }
}
