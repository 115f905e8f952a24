// MacAddress: the order of its bytes, its text, and the kinds of addresses.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class MacAddressTests
{
    [Fact]
    public void The_first_byte_on_the_wire_is_the_most_significant()
    {
        MacAddress address = MacAddress.Read([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0xff]);

        Assert.Equal(0x0102_0304_0506ul, address.Value);
    }

    [Fact]
    public void Writing_touches_six_bytes()
    {
        byte[] buffer = WireFrames.Filled(8);

        new MacAddress(0x0102_0304_0506).Write(buffer);

        Assert.Equal(WireFrames.Hex("0102 0304 0506 a5a5"), buffer);
    }

    [Fact]
    public void Bits_above_48_are_cut_off()
    {
        Assert.Equal(MacAddress.Broadcast, new MacAddress(ulong.MaxValue));
    }

    [Theory]
    [InlineData("02:00:00:00:00:01", 0x0200_0000_0001)]
    [InlineData("02-00-00-00-0a-01", 0x0200_0000_0a01)]
    [InlineData("FF:ff:FF:ff:FF:ff", 0xffff_ffff_ffff)]
    public void Colons_dashes_and_both_cases_are_read(string text, ulong value)
    {
        Assert.Equal(value, MacAddress.Parse(text).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:00:00:00:00")]
    [InlineData("02:00:00:00:00:1")]
    [InlineData("02:00:00:00:00:001")]
    [InlineData("02:00-00:00:00:01")]
    [InlineData("02.00.00.00.00.01")]
    [InlineData("02:00:00:00:00:0g")]
    [InlineData("02:00:00:00:00: 1")]
    [InlineData("02:00:00:00:00:+1")]
    [InlineData("020000000001")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(MacAddress.TryParse(text, out MacAddress address));
        Assert.True(address.IsZero);
        Assert.Contains(text, Assert.Throws<FormatException>(() => MacAddress.Parse(text)).Message);
    }

    [Fact]
    public void Text_is_lower_case_with_colons()
    {
        Assert.Equal("02:0a:bc:00:00:01", new MacAddress(0x020a_bc00_0001).ToString());
    }

    [Fact]
    public void Groups_and_the_broadcast_address_are_multicast()
    {
        MacAddress group = MacAddress.Parse("01:00:5e:00:00:01");

        Assert.True(MacAddress.Broadcast is { IsBroadcast: true, IsMulticast: true });
        Assert.False(MacAddress.Broadcast.IsZero);
        Assert.True(group is { IsMulticast: true, IsBroadcast: false });
        Assert.True(MacAddress.Parse("02:ff:ff:ff:ff:ff") is { IsMulticast: false });
        Assert.True(default(MacAddress) is { IsZero: true, IsMulticast: false });
    }

    [Fact]
    public void Equality_is_by_value()
    {
        MacAddress one = new(1);

        Assert.True(one == new MacAddress(1));
        Assert.True(one != new MacAddress(2));
        Assert.Equal(one.GetHashCode(), new MacAddress(1).GetHashCode());
        Assert.False(one.Equals("00:00:00:00:00:01"));
    }
}
