// The ports of a measured engine: the frames of one burst in memory that stays, handed out by
// reference and written anew for the next one. Used by EngineHarness.
//
// It stands for a port that leaves frames where the kernel put them and is told by reference what to
// send, as the packet-socket ring does; what such a port itself costs a frame is not in the figures.
// (MemoryPort, which any thread may use, takes a lock for each frame that is put in and looks at
// each one that is sent: 4 ns a frame of the engine's own time.)

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

/// <summary>A port for one thread, without a wire.</summary>
internal sealed class BenchPort(int id, string name, int frameBytes) : IPacketPort
{
    private readonly FrameMemory _memory = new(Limits.BurstFrames, frameBytes);
    private readonly FrameDescriptor[] _waiting = new FrameDescriptor[Limits.BurstFrames];
    private int _count;
    private long _received;
    private long _sent;

    public int Id => id;

    public string Name => name;

    public MacAddress HardwareAddress => default;

    public int Mtu => 1500;

    /// <summary>As the packet ring. Behind libpcap an unfinished checksum has to be found by its
    /// value, which costs a frame 2 to 3 ns more.</summary>
    public OffloadSupport Offloads => OffloadSupport.Metadata;

    public bool IsUp => true;

    public int PollDescriptor => -1;

    /// <summary>Where the next frame is to be written; a burst of them at most.</summary>
    public Span<byte> Next => _memory.Slot(_count);

    /// <summary>The next frame is written.</summary>
    public void Add(int length)
    {
        _waiting[_count] = _memory.Describe(_count, length);
        _count++;
    }

    public int Receive(FrameBurst burst)
    {
        int count = _count;
        _waiting.AsSpan(0, count).CopyTo(burst.Frames);
        burst.Count = count;
        _received += count;
        _count = 0;
        return count;
    }

    public void Release(FrameBurst burst)
    {
    }

    public int Send(Span<FrameDescriptor> frames)
    {
        _sent += frames.Length;
        return frames.Length;
    }

    public PortStatistics ReadStatistics() => new(_received, 0, _sent, 0, 0, 0);

    public void Dispose()
    {
    }
}
