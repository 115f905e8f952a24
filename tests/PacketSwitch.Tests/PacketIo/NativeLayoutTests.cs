// The structs that cross into C have the sizes and offsets of the kernel's and libpcap's (RAWIO.md
// section 4.2; the interface and ethtool ones from a C program).

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class NativeLayoutTests
{
    [Fact]
    public unsafe void Structs_have_the_sizes_of_their_counterparts_in_c()
    {
        Assert.Equal(8, sizeof(PollEntry));
        Assert.Equal(16, sizeof(BufferEntry));
        Assert.Equal(64, sizeof(MessageEntry));
        Assert.Equal(40, sizeof(InterfaceRequest));
        Assert.Equal(8, sizeof(EthtoolValue));
        Assert.Equal(196, sizeof(EthtoolDriverInfo));
        Assert.Equal(12, sizeof(PcapStatistics));
        Assert.Equal(24, sizeof(PcapFrameHeader));
        Assert.Equal(32, sizeof(FrameDescriptor));
        Assert.Equal(20, sizeof(PacketAddress));
        Assert.Equal(16, sizeof(PacketMembership));
        Assert.Equal(16, sizeof(RingRequest));
        Assert.Equal(32, sizeof(RingFrameHeader));
        Assert.Equal(8, sizeof(RingStatistics));
        Assert.Equal(10, sizeof(VirtioHeader));
        Assert.Equal(48, sizeof(SchedulingAttributes));
    }

    [Theory]
    [InlineData(typeof(MessageEntry), nameof(MessageEntry.Buffers), 16)]
    [InlineData(typeof(MessageEntry), nameof(MessageEntry.BufferCount), 24)]
    [InlineData(typeof(MessageEntry), nameof(MessageEntry.SentBytes), 56)]
    [InlineData(typeof(PollEntry), nameof(PollEntry.Returned), 6)]
    [InlineData(typeof(PcapFrameHeader), nameof(PcapFrameHeader.CapturedLength), 16)]
    [InlineData(typeof(PcapFrameHeader), nameof(PcapFrameHeader.WireLength), 20)]
    [InlineData(typeof(InterfaceRequest), nameof(InterfaceRequest.Number), 16)]
    [InlineData(typeof(PacketAddress), nameof(PacketAddress.Protocol), 2)]
    [InlineData(typeof(PacketAddress), nameof(PacketAddress.InterfaceIndex), 4)]
    [InlineData(typeof(PacketMembership), nameof(PacketMembership.Type), 4)]
    [InlineData(typeof(RingFrameHeader), nameof(RingFrameHeader.WireLength), 4)]
    [InlineData(typeof(RingFrameHeader), nameof(RingFrameHeader.Length), 8)]
    [InlineData(typeof(RingFrameHeader), nameof(RingFrameHeader.FrameOffset), 12)]
    [InlineData(typeof(RingFrameHeader), nameof(RingFrameHeader.VlanTag), 24)]
    [InlineData(typeof(RingFrameHeader), nameof(RingFrameHeader.VlanType), 26)]
    [InlineData(typeof(SchedulingAttributes), nameof(SchedulingAttributes.Nice), 16)]
    [InlineData(typeof(SchedulingAttributes), nameof(SchedulingAttributes.Runtime), 24)]
    [InlineData(typeof(VirtioHeader), nameof(VirtioHeader.SegmentType), 1)]
    [InlineData(typeof(VirtioHeader), nameof(VirtioHeader.HeaderLength), 2)]
    [InlineData(typeof(VirtioHeader), nameof(VirtioHeader.SegmentSize), 4)]
    [InlineData(typeof(VirtioHeader), nameof(VirtioHeader.ChecksumStart), 6)]
    [InlineData(typeof(VirtioHeader), nameof(VirtioHeader.ChecksumOffset), 8)]
    public void Fields_lie_where_c_puts_them(Type type, string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));
}
