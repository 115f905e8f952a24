// A port on a bad wire: wraps another port and loses, doubles, swaps, damages and cuts what it
// receives. Used by tests and simulation. The same seed and the same bursts give the same faults.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>Injects faults into received frames. What is sent goes out unharmed: the port at the
/// other end has faults of its own.</summary>
public sealed unsafe class FaultyPort : IPacketPort
{
    private readonly IPacketPort _inner;
    private readonly FaultRates _rates;
    private readonly Random _random;
    private readonly FrameBurst _innerBurst = new();
    private readonly FrameArena _arena = new();

    /// <param name="inner">The port; disposed with this one.</param>
    /// <param name="rates">How often which fault happens.</param>
    /// <param name="seed">Decides every fault.</param>
    public FaultyPort(IPacketPort inner, FaultRates rates, int seed)
    {
        _inner = inner;
        _rates = rates;
        _random = new Random(seed);
    }

    /// <inheritdoc/>
    public int Id => _inner.Id;

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public MacAddress HardwareAddress => _inner.HardwareAddress;

    /// <inheritdoc/>
    public int Mtu => _inner.Mtu;

    /// <inheritdoc/>
    public OffloadSupport Offloads => _inner.Offloads;

    /// <inheritdoc/>
    public bool IsUp => _inner.IsUp;

    /// <inheritdoc/>
    public int PollDescriptor => _inner.PollDescriptor;

    /// <summary>Faults done until now.</summary>
    public long Faults { get; private set; }

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        int count = _inner.Receive(_innerBurst);
        Reorder(_innerBurst.Frames.AsSpan(0, count));
        fixed (FrameDescriptor* frames = burst.Frames)
        {
            BurstWriter writer = _arena.Begin(frames);
            for (int i = 0; i < count; i++)
            {
                ref readonly FrameDescriptor frame = ref _innerBurst.Frames[i];
                if (Happens(_rates.Drop)) continue;
                Pass(ref writer, frame);
                // A copy takes a place; frames not copied yet come first.
                bool fits = writer.Count + (count - i - 1) < Limits.BurstFrames;
                if (fits && Happens(_rates.Duplicate)) Pass(ref writer, frame);
            }
            burst.Count = writer.Count;
        }
        _inner.Release(_innerBurst);
        return burst.Count;
    }

    /// <inheritdoc/>
    public void Release(FrameBurst burst)
    {
        // The frames are copies in this port's arena; the wrapped port's were released when they
        // were copied.
    }

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames) => _inner.Send(frames);

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => _inner.ReadStatistics();

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();

    private void Reorder(Span<FrameDescriptor> frames)
    {
        for (int i = 1; i < frames.Length; i++)
        {
            if (!Happens(_rates.Reorder)) continue;
            (frames[i - 1], frames[i]) = (frames[i], frames[i - 1]);
            i++;
        }
    }

    private void Pass(ref BurstWriter writer, in FrameDescriptor frame)
    {
        FrameDescriptor* copy = writer.Add((byte*)frame.Address, frame.Length, frame.WireLength);
        copy->Checksum = frame.Checksum;
        copy->ChecksumStart = frame.ChecksumStart;
        copy->ChecksumOffset = frame.ChecksumOffset;
        copy->SegmentSize = frame.SegmentSize;
        copy->SegmentType = frame.SegmentType;
        if (copy->Length == 0) return;
        if (Happens(_rates.FlipBit))
        {
            int bit = _random.Next(copy->Length * 8);
            ((byte*)copy->Address)[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        if (Happens(_rates.Truncate)) copy->Length = copy->WireLength = _random.Next(copy->Length);
    }

    private bool Happens(double rate)
    {
        if (rate <= 0 || _random.NextDouble() >= rate) return false;
        Faults++;
        return true;
    }
}
