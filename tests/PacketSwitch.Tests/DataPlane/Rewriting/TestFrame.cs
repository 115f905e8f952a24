// A frame in memory with its headroom, classified as a loop would: what the rewriter and the segmenter are given. Used by their tests.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Rewriting;

internal sealed class TestFrame<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    private readonly FrameMemory _memory;
    private readonly FrameBurst _burst = new();

    /// <summary>Takes a copy of the frame in, and classifies it.</summary>
    public TestFrame(
        ReadOnlySpan<byte> bytes, OffloadSupport offloads = OffloadSupport.None, ushort segmentSize = 0)
    {
        _memory = new FrameMemory(1, bytes.Length + 8);
        bytes.CopyTo(_memory.Slot(0));
        _burst.Frames[0] = _memory.Describe(0, bytes.Length);
        _burst.Frames[0].SegmentSize = segmentSize;
        _burst.Count = 1;
        using var tables = new SharedTables(4, 1);
        var port = new PortContext(0, new MemoryPort(1) { Offloads = offloads });
        new Classifier(tables.Sessions4, tables.Sessions6).Classify(_burst, port, PortRoles.Client);
        Assert.Equal(TAddress.IsV6 ? FrameKind.Flow6 : FrameKind.Flow4, Info.Kind);
    }

    public ref FrameDescriptor Descriptor => ref _burst.Frames[0];

    public ref FrameInfo Info => ref _burst.Infos[0];

    public ref FlowKey<TAddress> Key => ref TAddress.IsV6
        ? ref System.Runtime.CompilerServices.Unsafe.As<FlowKey<Ipv6Address>, FlowKey<TAddress>>(ref _burst.Keys6[0])
        : ref System.Runtime.CompilerServices.Unsafe.As<FlowKey<Ipv4Address>, FlowKey<TAddress>>(ref _burst.Keys4[0]);

    public byte[] Bytes
    {
        get
        {
            byte[] bytes = Descriptor.Span.ToArray();
            GC.KeepAlive(_memory); // A descriptor does not keep it.
            return bytes;
        }
    }
}
