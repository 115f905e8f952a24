// A port without a wire, for tests, benchmarks and simulation: frames are put in by hand and sent
// frames are taken out by hand. It behaves like a live interface where that can be seen: a bounded
// queue with counted drops, frames longer than the MTU fail, a port that is down sends nothing.
// With Repeat and DiscardSent it serves the same frames for ever and allocates nothing.

using System.Diagnostics.CodeAnalysis;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A port in memory. <see cref="Enqueue"/> and the sent frames may be used by any
/// thread.</summary>
public sealed unsafe class MemoryPort : IPacketPort
{
    private readonly Lock _gate = new();
    private readonly MemoryFrames _waiting;
    private readonly Queue<SentFrame> _sent = new();
    private FrameArena? _arena;
    private bool _isRepeating;
    private int _repeatNext;
    private PortStatistics _counts;

    /// <param name="id">The switch's number for the port.</param>
    /// <param name="name">A name for people; <c>memory N</c> when none is given.</param>
    /// <param name="capacityFrames">Frames that may wait; one more is dropped and counted.</param>
    public MemoryPort(int id, string? name = null, int capacityFrames = IoLimits.MemoryPortFrames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacityFrames);
        Id = id;
        Name = name ?? $"memory {id}";
        _waiting = new MemoryFrames(capacityFrames);
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MacAddress HardwareAddress { get; set; }

    /// <inheritdoc/>
    public int Mtu { get; set; } = 1500;

    /// <inheritdoc/>
    public OffloadSupport Offloads { get; set; } = OffloadSupport.None;

    /// <inheritdoc/>
    public bool IsUp { get; set; } = true;

    /// <inheritdoc/>
    public int PollDescriptor => -1;

    /// <summary>
    /// Serve the frames in the queue again and again, each time as they were put in. Set while no
    /// loop runs.
    /// </summary>
    public bool Repeat
    {
        get => _isRepeating;
        set
        {
            _isRepeating = value;
            _repeatNext = 0;
            if (value) _arena ??= new FrameArena();
        }
    }

    /// <summary>Count sent frames and forget them, without a copy.</summary>
    public bool DiscardSent { get; set; }

    /// <summary>Frames that wait to be received.</summary>
    public int WaitingFrames
    {
        get { lock (_gate) return _waiting.Waiting; }
    }

    /// <summary>Frames sent and not yet taken.</summary>
    public int SentFrames
    {
        get { lock (_gate) return _sent.Count; }
    }

    /// <summary>Puts a copy of a frame on the wire; false (and a counted drop) when the queue is
    /// full.</summary>
    /// <param name="bytes">The frame from its Ethernet header on.</param>
    /// <param name="checksum">The state of its L4 checksum, as a port with metadata would say
    /// it.</param>
    /// <param name="segmentSize">Payload bytes per segment of a super-frame, 0 otherwise.</param>
    /// <param name="checksumStart">Where the checksummed segment begins, when partial.</param>
    /// <param name="segmentType">Virtio GSO type of a super-frame.</param>
    /// <param name="wireLength">Bytes on the wire when the capture cut the frame; 0 when it did
    /// not.</param>
    public bool Enqueue(
        ReadOnlySpan<byte> bytes,
        ChecksumState checksum = ChecksumState.Complete,
        ushort segmentSize = 0,
        ushort checksumStart = 0,
        byte segmentType = 0,
        int wireLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, Limits.MaxFrameBytes);
        var like = new FrameDescriptor
        {
            WireLength = Math.Max(wireLength, bytes.Length),
            Checksum = checksum,
            SegmentSize = segmentSize,
            ChecksumStart = checksumStart,
            SegmentType = segmentType,
        };
        lock (_gate)
        {
            if (_waiting.TryAdd(bytes, like)) return true;
            _counts = _counts with { KernelDrops = _counts.KernelDrops + 1 };
            return false;
        }
    }

    /// <summary>Takes the oldest sent frame's bytes.</summary>
    public bool TryTakeSent(out byte[] bytes)
    {
        bool taken = TryTakeSent(out SentFrame? frame);
        bytes = frame?.Bytes ?? [];
        return taken;
    }

    /// <summary>Takes the oldest sent frame with its metadata.</summary>
    public bool TryTakeSent([NotNullWhen(true)] out SentFrame? frame)
    {
        lock (_gate) return _sent.TryDequeue(out frame);
    }

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        lock (_gate)
        {
            int count = _isRepeating ? ServeAgain(burst) : HandOut(burst);
            burst.Count = count;
            long bytes = 0;
            for (int i = 0; i < count; i++) bytes += burst.Frames[i].Length;
            _counts = _counts with
            {
                ReceivedFrames = _counts.ReceivedFrames + count,
                ReceivedBytes = _counts.ReceivedBytes + bytes,
            };
            return count;
        }
    }

    /// <inheritdoc/>
    public void Release(FrameBurst burst)
    {
        if (_isRepeating) return;
        lock (_gate) _waiting.ReleaseHeld();
    }

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = 0;
        long bytes = 0;
        lock (_gate)
        {
            foreach (ref FrameDescriptor frame in frames)
            {
                frame.Failed = !TrySend(frame);
                if (frame.Failed) continue;
                sent++;
                bytes += frame.Length;
            }
            _counts = _counts with
            {
                SentFrames = _counts.SentFrames + sent,
                SentBytes = _counts.SentBytes + bytes,
                SendFailures = _counts.SendFailures + frames.Length - sent,
            };
        }
        return sent;
    }

    /// <inheritdoc/>
    public PortStatistics ReadStatistics()
    {
        lock (_gate) return _counts;
    }

    /// <summary>Nothing to close; the frames stay readable.</summary>
    public void Dispose() => IsUp = false;

    private int HandOut(FrameBurst burst)
    {
        int count = IsUp ? Math.Min(_waiting.Waiting, Limits.BurstFrames) : 0;
        for (int i = 0; i < count; i++)
        {
            burst.Frames[i] = _waiting.Take();
            burst.Frames[i].BurstIndex = (sbyte)i;
        }
        return count;
    }

    // The loop rewrites frames in place, so each round works on a copy, as behind a real interface.
    private int ServeAgain(FrameBurst burst)
    {
        if (_waiting.Count == 0 || !IsUp) return 0;
        fixed (FrameDescriptor* frames = burst.Frames)
        {
            BurstWriter writer = _arena!.Begin(frames);
            while (writer.HasRoom)
            {
                ref readonly FrameDescriptor original = ref _waiting.Peek(_repeatNext);
                if (++_repeatNext == _waiting.Count) _repeatNext = 0;
                FrameDescriptor* copy = writer.Add(
                    (byte*)original.Address, original.Length, original.WireLength);
                copy->Checksum = original.Checksum;
                copy->ChecksumStart = original.ChecksumStart;
                copy->ChecksumOffset = original.ChecksumOffset;
                copy->SegmentSize = original.SegmentSize;
                copy->SegmentType = original.SegmentType;
            }
            return writer.Count;
        }
    }

    private bool TrySend(in FrameDescriptor frame)
    {
        if (!IsUp || frame.Length < IoLimits.EthernetHeaderBytes || IsTooLong(frame)) return false;
        if (DiscardSent) return true;
        if (_sent.Count >= IoLimits.MemoryPortSentFrames) return false;
        _sent.Enqueue(new SentFrame(
            frame.Span.ToArray(),
            frame.Checksum,
            frame.ChecksumStart,
            frame.SegmentSize,
            frame.SegmentType));
        return true;
    }

    private bool IsTooLong(in FrameDescriptor frame)
    {
        if (Offloads == OffloadSupport.Metadata && frame.SegmentSize > 0) return false;
        ReadOnlySpan<byte> bytes = frame.Span;
        bool isTagged = bytes[12] == 0x81 && bytes[13] == 0x00;
        return frame.Length > Mtu + IoLimits.EthernetHeaderBytes
            + (isTagged ? IoLimits.VlanTagBytes : 0);
    }
}
