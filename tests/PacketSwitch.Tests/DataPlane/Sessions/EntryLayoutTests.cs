// The sizes that decide how many cache lines a frame touches. A field added without thought fails here.

using System.Runtime.CompilerServices;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class EntryLayoutTests
{
    [Fact]
    public void An_ipv4_flow_entry_is_one_cache_line()
    {
        Assert.Equal(64, Unsafe.SizeOf<FlowEntry<Ipv4Address>>());
        Assert.Equal(16, Unsafe.SizeOf<FlowKey<Ipv4Address>>());
        Assert.Equal(16, Unsafe.SizeOf<Rewrite<Ipv4Address>>());
    }

    [Fact]
    public void An_ipv6_flow_entry_is_two_cache_lines()
    {
        Assert.InRange(Unsafe.SizeOf<FlowEntry<Ipv6Address>>(), 65, 128);
        Assert.Equal(40, Unsafe.SizeOf<FlowKey<Ipv6Address>>());
        Assert.Equal(40, Unsafe.SizeOf<Rewrite<Ipv6Address>>());
    }

    [Fact]
    public void What_both_directions_share_is_one_cache_line()
        => Assert.Equal(64, Unsafe.SizeOf<SessionState>());

    [Fact]
    public void A_frame_descriptor_is_half_a_cache_line()
        => Assert.Equal(32, Unsafe.SizeOf<FrameDescriptor>());

    [Theory]
    [InlineData(1_000)]
    [InlineData(Limits.DefaultSessions)]
    [InlineData(Limits.DefaultSessions + 1_000)]
    [InlineData(1_500_000)]
    public void An_ipv4_session_takes_at_most_256_bytes_of_the_table(int capacity)
    {
        using var table = new SessionTable<Ipv4Address>(capacity, 1, new EpochDomain());

        Assert.InRange((double)table.Bytes / capacity, 192, 256);
    }

    [Fact]
    public void Entries_start_on_cache_lines()
    {
        using var table = new SessionTable<Ipv4Address>(4, 1, new EpochDomain());

        for (int flow = 0; flow < 8; flow++)
        {
            Assert.Equal(0, Address(ref table.Entry(flow)) % 64);
        }
        for (int session = 0; session < 4; session++)
        {
            Assert.Equal(0, Address(ref table.State(session)) % 64);
        }
    }

    private static unsafe long Address<T>(ref T place) where T : unmanaged
        => (long)Unsafe.AsPointer(ref place);
}
