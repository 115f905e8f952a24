// The Ethernet header with no, one, two and too many tags.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class EthernetViewTests
{
    private const string Addresses = "0200 0000 0002 0200 0000 0001";

    [Fact]
    public void A_frame_without_a_tag_is_taken_apart()
    {
        Assert.True(EthernetView.TryWrap(WireFrames.TcpSynV4(), out EthernetView view));

        Assert.Equal("02:00:00:00:00:02", view.Destination.ToString());
        Assert.Equal("02:00:00:00:00:01", view.Source.ToString());
        Assert.Equal(EtherTypes.Ipv4, view.EtherType);
        Assert.Equal(0, view.VlanTagCount);
        Assert.Equal(0, view.OuterTag);
        Assert.Equal(0, view.OuterTagType);
        Assert.Equal(14, view.HeaderLength);
        Assert.Equal(60, view.Payload.Length);
        Assert.Equal(0x45, view.Payload[0]);
    }

    [Fact]
    public void The_type_behind_one_tag_is_the_type()
    {
        byte[] frame = WireFrames.Hex(Addresses + "8100 6005 0806 1122");

        Assert.True(EthernetView.TryWrap(frame, out EthernetView view));

        Assert.Equal(EtherTypes.Arp, view.EtherType);
        Assert.Equal(1, view.VlanTagCount);
        Assert.Equal(0x6005, view.OuterTag);
        Assert.Equal(EtherTypes.Vlan, view.OuterTagType);
        Assert.Equal(18, view.HeaderLength);
        Assert.Equal([0x11, 0x22], view.Payload.ToArray());
    }

    [Fact]
    public void The_type_behind_two_tags_is_the_type()
    {
        byte[] frame = WireFrames.Hex(Addresses + "88a8 0064 8100 0005 86dd 33");

        Assert.True(EthernetView.TryWrap(frame, out EthernetView view));

        Assert.Equal(EtherTypes.Ipv6, view.EtherType);
        Assert.Equal(2, view.VlanTagCount);
        Assert.Equal(100, view.OuterTag);
        Assert.Equal(EtherTypes.ServiceVlan, view.OuterTagType);
        Assert.Equal([0x33], view.Payload.ToArray());
    }

    [Fact]
    public void A_third_tag_is_payload_and_the_type_says_so()
    {
        byte[] frame = WireFrames.Hex(Addresses + "8100 0001 8100 0002 8100 0003 0800");

        Assert.True(EthernetView.TryWrap(frame, out EthernetView view));

        Assert.Equal(EtherTypes.Vlan, view.EtherType);
        Assert.Equal(22, view.HeaderLength);
        Assert.Equal([0x00, 0x03, 0x08, 0x00], view.Payload.ToArray());
    }

    [Theory]
    [InlineData("", 14)]
    [InlineData("8100 0001 0800", 18)]
    [InlineData("88a8 0001 8100 0002 0800", 22)]
    public void A_frame_that_ends_within_its_header_is_not_wrapped(string tags, int headerLength)
    {
        byte[] frame = WireFrames.Hex(Addresses + (tags.Length == 0 ? "0800" : tags));

        Assert.Equal(headerLength, frame.Length);
        Assert.True(EthernetView.TryWrap(frame, out EthernetView view));
        Assert.True(view.Payload.IsEmpty);
        for (int length = 0; length < headerLength; length++)
            Assert.False(EthernetView.TryWrap(frame.AsSpan(0, length), out _));
    }

    [Fact]
    public void Setting_an_address_changes_its_six_bytes_only()
    {
        byte[] frame = WireFrames.Filled(16);
        Assert.True(EthernetView.TryWrap(frame, out EthernetView view));

        view.Destination = new MacAddress(0x0102_0304_0506);
        view.Source = new MacAddress(0x0708_090a_0b0c);

        Assert.Equal(WireFrames.Hex("0102 0304 0506 0708 090a 0b0c a5a5 a5a5"), frame);
    }
}
