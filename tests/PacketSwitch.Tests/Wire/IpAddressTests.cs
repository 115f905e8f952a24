// The three address types: size, text, word sums, kinds of addresses and networks.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class IpAddressTests
{
    [Fact]
    public void Addresses_are_as_small_in_memory_as_on_the_wire()
    {
        Assert.Equal(4, Unsafe.SizeOf<Ipv4Address>());
        Assert.Equal(16, Unsafe.SizeOf<Ipv6Address>());
        Assert.Equal(4, Ipv4Address.Length);
        Assert.Equal(16, Ipv6Address.Length);
    }

    [Theory]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("192.0.2.1", 0xc000_0201u)]
    [InlineData("255.255.255.255", uint.MaxValue)]
    public void A_dotted_quad_is_read_and_written_back(string text, uint value)
    {
        Ipv4Address address = Ipv4Address.Parse(text);

        Assert.Equal(value, address.Value);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("10.0.0.")]
    [InlineData(".10.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1.2")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.1 ")]
    [InlineData("10.0.0.1/8")]
    public void A_guess_at_an_ipv4_address_is_refused(string text)
    {
        Assert.False(Ipv4Address.TryParse(text, out _));
        Assert.False(IpAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ipv4Address.Parse(text));
        Assert.Throws<FormatException>(() => IpAddress.Parse(text));
    }

    [Theory]
    [InlineData("::", 0ul, 0ul, "::")]
    [InlineData("2001:DB8:0:0::1", 0x2001_0db8_0000_0000ul, 1ul, "2001:db8::1")]
    [InlineData("fe80::1:2:3:4", 0xfe80_0000_0000_0000ul, 0x0001_0002_0003_0004ul, "fe80::1:2:3:4")]
    [InlineData("::ffff:192.0.2.1", 0ul, 0xffff_c000_0201ul, "::ffff:192.0.2.1")]
    public void An_ipv6_address_is_read_and_written_in_short_form(
        string text, ulong high, ulong low, string shortForm)
    {
        Ipv6Address address = Ipv6Address.Parse(text);

        Assert.Equal((high, low), (address.High, address.Low));
        Assert.Equal(shortForm, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("fe80::1%1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:80")]
    [InlineData("2001:db8::/32")]
    [InlineData("2001:db8")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::1 ")]
    [InlineData("192.0.2.1")]
    [InlineData("12345")]
    public void An_ipv6_address_with_anything_beside_it_is_refused(string text)
    {
        Assert.False(Ipv6Address.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ipv6Address.Parse(text));
    }

    [Fact]
    public void The_family_follows_from_the_text()
    {
        Assert.False(IpAddress.Parse("192.0.2.1").IsV6);
        Assert.True(IpAddress.Parse("::192.0.2.1").IsV6);
        Assert.Equal("192.0.2.1", IpAddress.Parse("192.0.2.1").ToString());
        Assert.Equal("2001:db8::1", IpAddress.Parse("2001:db8::1").ToString());
    }

    [Fact]
    public void The_other_family_reads_as_unspecified()
    {
        IpAddress v4 = IpAddress.Parse("192.0.2.1");
        IpAddress v6 = IpAddress.Parse("2001:db8::1");

        Assert.True(v4.V6.IsUnspecified);
        Assert.True(v6.V4.IsUnspecified);
        Assert.Equal(Ipv4Address.Parse("192.0.2.1"), v4.V4);
        Assert.Equal(Ipv6Address.Parse("2001:db8::1"), v6.V6);
    }

    [Fact]
    public void Addresses_of_different_families_are_never_equal()
    {
        IpAddress v4 = IpAddress.From(new Ipv4Address(1));
        IpAddress v6 = IpAddress.From(new Ipv6Address(0, 1));

        Assert.NotEqual(v4, v6);
        Assert.Equal(v4, new Ipv4Address(1).ToIpAddress());
        Assert.Equal(v6, new Ipv6Address(0, 1).ToIpAddress());
        Assert.NotEqual(default, IpAddress.From(default(Ipv6Address)));
        Assert.Equal(default, IpAddress.From(default(Ipv4Address)));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0", 8, true)]
    [InlineData("10.1.2.3", "11.0.0.0", 8, false)]
    [InlineData("10.1.2.3", "10.1.2.255", 24, true)]
    [InlineData("10.1.2.3", "10.1.2.3", 32, true)]
    [InlineData("10.1.2.3", "10.1.2.2", 32, false)]
    [InlineData("10.1.2.3", "99.0.0.0", 0, true)]
    [InlineData("10.1.2.3", "10.1.2.3", 33, false)]
    [InlineData("10.1.2.3", "10.1.2.3", -1, false)]
    [InlineData("2001:db8::1", "2001:db8::", 64, true)]
    [InlineData("2001:db8::1", "2001:db8::", 127, true)]
    [InlineData("2001:db8::1", "2001:db8::", 128, false)]
    [InlineData("2001:db8:0:1::1", "2001:db8::", 63, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8::", 64, false)]
    [InlineData("2001:db8::1", "::", 0, true)]
    [InlineData("2001:db8::1", "2001:db8::1", 129, false)]
    [InlineData("10.1.2.3", "::", 0, false)]
    [InlineData("::", "0.0.0.0", 0, false)]
    public void A_network_holds_the_addresses_that_share_its_prefix(
        string address, string network, int prefixLength, bool isInside)
    {
        bool result = IpAddress.Parse(address).IsInNetwork(IpAddress.Parse(network), prefixLength);

        Assert.Equal(isInside, result);
    }

    [Fact]
    public void Kinds_of_addresses_are_told_apart()
    {
        Assert.True(Ipv4Address.Parse("224.0.0.1").IsMulticast);
        Assert.True(Ipv4Address.Parse("239.255.255.255").IsMulticast);
        Assert.False(Ipv4Address.Parse("240.0.0.0").IsMulticast);
        Assert.True(Ipv4Address.Parse("127.1.2.3").IsLoopback);
        Assert.True(Ipv4Address.Parse("255.255.255.255").IsBroadcast);
        Assert.False(Ipv4Address.Parse("255.255.255.254").IsBroadcast);
        Assert.True(Ipv6Address.Parse("ff02::1").IsMulticast);
        Assert.True(Ipv6Address.Parse("::1").IsLoopback);
        Assert.True(Ipv6Address.Parse("febf::1").IsLinkLocal);
        Assert.False(Ipv6Address.Parse("fec0::1").IsLinkLocal);
        Assert.True(IpAddress.Parse("ff02::1").IsMulticast);
        Assert.False(IpAddress.Parse("10.0.0.1").IsMulticast);
        Assert.True(IpAddress.Parse("::1").IsLoopback);
        Assert.True(IpAddress.Parse("::").IsUnspecified);
        Assert.False(IpAddress.Parse("::1").IsUnspecified);
    }

    [Fact]
    public void A_solicited_node_group_keeps_the_last_24_bits()
    {
        Ipv6Address group = Ipv6Address.Parse("2001:db8::1234:5678").SolicitedNodeMulticast;

        Assert.Equal("ff02::1:ff34:5678", group.ToString());
        Assert.Equal("33:33:ff:34:56:78", group.MulticastMac.ToString());
    }

    [Fact]
    public void The_word_sum_is_the_sum_of_the_bytes_on_the_wire()
    {
        Random random = new(1);
        for (int round = 0; round < 1000; round++)
        {
            byte[] bytes = new byte[16];
            random.NextBytes(bytes);
            Ipv4Address v4 = Ipv4Address.Read(bytes);
            Ipv6Address v6 = Ipv6Address.Read(bytes);

            Assert.Equal(NaiveChecksum.Sum(bytes.AsSpan(0, 4)), v4.WordSum);
            Assert.Equal(NaiveChecksum.Sum(bytes), v6.WordSum);
            byte[] written = WireFrames.Filled(17);
            v6.Write(written);
            Assert.Equal([.. bytes, 0xa5], written);
            v4.Write(written);
            Assert.Equal(bytes.AsSpan(0, 4), written.AsSpan(0, 4));
        }
    }
}
