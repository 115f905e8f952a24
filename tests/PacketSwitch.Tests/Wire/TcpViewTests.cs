// The TCP header and its options, the lying ones too.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class TcpViewTests
{
    private const int Start = 34;

    [Fact]
    public void A_segment_is_taken_apart()
    {
        Assert.True(TcpView.TryWrap(WireFrames.TcpSynV4().AsSpan(Start), out TcpView view));

        Assert.Equal(1025, view.SourcePort);
        Assert.Equal(80, view.DestinationPort);
        Assert.Equal(0x0102_0304u, view.SequenceNumber);
        Assert.Equal(0u, view.AcknowledgementNumber);
        Assert.Equal(40, view.HeaderLength);
        Assert.Equal(TcpFlags.Syn, view.Flags);
        Assert.Equal(64240, view.Window);
        Assert.Equal(0xc0b3, view.Checksum);
        Assert.Equal(20, view.Options.Length);
        Assert.True(view.Payload.IsEmpty);
        Assert.True(view.TryGetMaximumSegmentSize(out ushort size));
        Assert.Equal(1460, size);
        Assert.True(view.TryGetWindowScale(out byte shift));
        Assert.Equal(7, shift);
    }

    [Fact]
    public void Payload_follows_the_header()
    {
        Assert.True(TcpView.TryWrap(WireFrames.TcpV6().AsSpan(54), out TcpView view));

        Assert.Equal(TcpFlags.Psh | TcpFlags.Ack, view.Flags);
        Assert.Equal(2u, view.AcknowledgementNumber);
        Assert.True(view.Options.IsEmpty);
        Assert.Equal("hello"u8.ToArray(), view.Payload.ToArray());
        Assert.False(view.TryGetMaximumSegmentSize(out _));
        Assert.False(view.TryGetWindowScale(out _));
    }

    [Theory]
    [InlineData(0x01, TcpFlags.Fin)]
    [InlineData(0x02, TcpFlags.Syn)]
    [InlineData(0x04, TcpFlags.Rst)]
    [InlineData(0x08, TcpFlags.Psh)]
    [InlineData(0x10, TcpFlags.Ack)]
    [InlineData(0x20, TcpFlags.Urg)]
    [InlineData(0x40, TcpFlags.Ece)]
    [InlineData(0x80, TcpFlags.Cwr)]
    public void Each_control_bit_has_its_name(byte bits, TcpFlags flags)
    {
        byte[] segment = WireFrames.TcpSynV4()[Start..];
        segment[13] = bits;

        Assert.True(TcpView.TryWrap(segment, out TcpView view));

        Assert.Equal(flags, view.Flags);
    }

    [Fact]
    public void A_segment_that_ends_within_its_header_is_not_wrapped()
    {
        byte[] segment = WireFrames.TcpSynV4()[Start..];
        for (int length = 0; length < segment.Length; length++)
            Assert.False(TcpView.TryWrap(segment.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0xb0)] // 44 bytes of header in 40.
    [InlineData(0xf0)]
    public void An_impossible_data_offset_is_not_wrapped(byte offset)
    {
        byte[] segment = WireFrames.TcpSynV4()[Start..];
        segment[12] = offset;

        Assert.False(TcpView.TryWrap(segment, out _));
    }

    [Theory]
    [InlineData("0200 05b4")] // A length of 0, on which a careless walk never ends.
    [InlineData("0201 05b4")]
    [InlineData("0205 05b4")] // One byte more than there is.
    [InlineData("02ff 05b4")]
    [InlineData("0203 0500")] // A maximum segment size of one byte.
    [InlineData("0000 0000")]
    [InlineData("0002 0405 b400 0000")] // Behind the end of the list.
    [InlineData("0101 0102")] // A kind without a length.
    [InlineData("0800 0204 05b4 0000")] // Behind an option of length 0.
    [InlineData("0801 0204 05b4 0000")]
    [InlineData("fe28 0204 05b4 0000")]
    public void Options_that_lie_hold_nothing(string options)
    {
        Assert.True(TcpView.TryWrap(WithOptions(options), out TcpView view));

        Assert.False(view.TryGetMaximumSegmentSize(out ushort size));
        Assert.Equal(0, size);
        Assert.False(view.TryGetWindowScale(out byte shift));
        Assert.Equal(0, shift);
    }

    [Theory]
    [InlineData("0204 05b4", 1460)]
    [InlineData("0101 0101 0204 0218", 536)]
    [InlineData("0303 0702 0405 b400", 1460)]
    [InlineData("fd02 0204 ffff 0000", 65535)]
    [InlineData("0204 0000", 0)]
    [InlineData("0204 05b4 0204 0218", 1460)]
    public void The_first_maximum_segment_size_counts(string options, ushort size)
    {
        Assert.True(TcpView.TryWrap(WithOptions(options), out TcpView view));

        Assert.True(view.TryGetMaximumSegmentSize(out ushort found));
        Assert.Equal(size, found);
    }

    [Fact]
    public void The_rewrite_setters_change_their_own_bytes_only()
    {
        byte[] segment = WireFrames.TcpSynV4()[Start..];
        byte[] expected = [.. segment];
        WireFrames.Hex("1111 2222 3333 4444").CopyTo(expected, 0);
        expected[13] = 0x12;
        WireFrames.Hex("5555").CopyTo(expected, 16);
        Assert.True(TcpView.TryWrap(segment, out TcpView view));

        view.SourcePort = 0x1111;
        view.DestinationPort = 0x2222;
        view.SequenceNumber = 0x3333_4444;
        view.Flags = TcpFlags.Syn | TcpFlags.Ack;
        view.Checksum = 0x5555;

        Assert.Equal(expected, segment);
    }

    private static byte[] WithOptions(string options)
    {
        byte[] bytes = WireFrames.Hex(options);
        byte[] header = WireFrames.TcpSynV4()[Start..(Start + 20)];
        header[12] = (byte)((20 + bytes.Length) / 4 << 4);
        return [.. header, .. bytes, .. "payload"u8];
    }
}
