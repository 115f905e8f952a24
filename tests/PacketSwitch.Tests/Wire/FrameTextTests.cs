// The line that people read, for each kind of frame.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class FrameTextTests
{
    [Fact]
    public void Each_kind_of_frame_has_its_line()
    {
        string[] expected =
        [
            "192.0.2.1:1025 > 192.0.2.2:80 tcp S 74 bytes",
            "192.0.2.1:5353 > 192.0.2.2:53 udp 45 bytes",
            "[2001:db8::1]:49152 > [2001:db8::2]:443 tcp PA 79 bytes",
            "192.0.2.1 > 192.0.2.2 icmp echo-request id 119 seq 3 47 bytes",
            "arp who-has 192.0.2.2 tell 192.0.2.1 42 bytes",
            "2001:db8::1 > ff02::1:ff00:2 icmp6 neighbor-solicitation 86 bytes",
            "2001:db8::2 > 2001:db8::1 icmp6 neighbor-advertisement 86 bytes",
        ];

        Assert.Equal(expected, WireFrames.All().Select(frame => FrameText.Describe(frame)));
    }

    [Fact]
    public void A_tag_stands_in_front_without_its_priority()
    {
        byte[] inner = WireFrames.TcpSynV4();
        byte[] frame = [.. inner[..12], .. WireFrames.Hex("8100 6005"), .. inner[12..]];

        Assert.Equal(
            "vlan 5 192.0.2.1:1025 > 192.0.2.2:80 tcp S 78 bytes", FrameText.Describe(frame));
    }

    [Fact]
    public void Fragments_are_named_and_later_ones_have_no_ports()
    {
        byte[] first = WireFrames.TcpSynV4();
        first[20] = 0x20;
        byte[] later = WireFrames.TcpSynV4();
        later[20] = 0x20;
        later[21] = 0xb9;

        Assert.Equal(
            "192.0.2.1:1025 > 192.0.2.2:80 tcp S fragment at 0 74 bytes",
            FrameText.Describe(first));
        Assert.Equal(
            "192.0.2.1 > 192.0.2.2 tcp fragment at 1480 74 bytes", FrameText.Describe(later));
    }

    [Fact]
    public void What_is_malformed_is_called_so()
    {
        Assert.Equal("malformed ethernet 0 bytes", FrameText.Describe([]));
        Assert.Equal(
            "02:00:00:00:00:01 > 02:00:00:00:00:02 malformed ipv4 73 bytes",
            FrameText.Describe(WireFrames.TcpSynV4().AsSpan(0, 73)));
        Assert.Equal(
            "02:00:00:00:00:01 > 02:00:00:00:00:02 malformed ipv6 78 bytes",
            FrameText.Describe(WireFrames.TcpV6().AsSpan(0, 78)));
        byte[] extension = WireFrames.TcpV6();
        extension[20] = 0;
        extension[55] = 0xff;
        Assert.Equal(
            "2001:db8::1 > 2001:db8::2 malformed ipv6 extension header 79 bytes",
            FrameText.Describe(extension));
    }

    [Fact]
    public void Other_frames_are_named_by_type_or_protocol()
    {
        byte[] lldp = WireFrames.Hex("0180 c200 000e 0200 0000 0001 88cc 0000");
        byte[] spanningTree = WireFrames.Hex("0180 c200 0000 0200 0000 0001 0026 4242");
        byte[] other = WireFrames.Hex("0180 c200 0000 0200 0000 0001 9000 0000");
        byte[] gre = WireFrames.EchoV4();
        gre[23] = 47;

        Assert.Equal(
            "02:00:00:00:00:01 > 01:80:c2:00:00:0e lldp 16 bytes", FrameText.Describe(lldp));
        Assert.Equal(
            "02:00:00:00:00:01 > 01:80:c2:00:00:00 802.3 16 bytes",
            FrameText.Describe(spanningTree));
        Assert.Equal(
            "02:00:00:00:00:01 > 01:80:c2:00:00:00 type 0x9000 16 bytes",
            FrameText.Describe(other));
        Assert.Equal("192.0.2.1 > 192.0.2.2 protocol 47 47 bytes", FrameText.Describe(gre));
    }

    [Fact]
    public void Control_bits_are_letters_in_the_order_of_the_header()
    {
        Assert.Equal("-", FrameText.Describe(TcpFlags.None));
        Assert.Equal("SA", FrameText.Describe(TcpFlags.Syn | TcpFlags.Ack));
        Assert.Equal("FSRPAUEW", FrameText.Describe((TcpFlags)0xff));
    }
}
