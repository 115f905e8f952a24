// Frames that wait for something, in the order they came: for a neighbour's link address (the
// first SYN to a server is not lost while ARP asks for it), or for the first fragment of their
// datagram. Filled by Forwarder and SlowPath, emptied by PortLoop when a rule says that what they
// wait for has come, or the time is up. One loop's.

namespace PacketSwitch.DataPlane;

/// <summary>Held frames, bounded per holder (a neighbour, a datagram) and in all.</summary>
public sealed class HoldQueue
{
    private readonly FrameMemory _memory;
    private readonly Held[] _held;
    private readonly int[] _order;
    private readonly int[] _freeSlots;
    private readonly ushort[] _perHolder;
    private readonly int[] _taken = new int[Limits.BurstFrames];
    private readonly int _mostPerHolder;
    private readonly long _holdNanoseconds;
    private int _free;
    private int _takenCount;

    /// <summary>Takes memory for the frames.</summary>
    /// <param name="frames">How many may wait.</param>
    /// <param name="holders">Holders are numbered from 0 to this less 1.</param>
    /// <param name="mostPerHolder">How many may wait for one holder.</param>
    /// <param name="holdNanoseconds">How long a frame waits.</param>
    public HoldQueue(int frames, int holders, int mostPerHolder, long holdNanoseconds)
    {
        _memory = new FrameMemory(frames, Limits.HeldFrameBytes);
        _held = new Held[frames];
        _order = new int[frames];
        _freeSlots = new int[frames];
        _perHolder = new ushort[holders];
        _mostPerHolder = mostPerHolder;
        _holdNanoseconds = holdNanoseconds;
        _free = frames;
        for (int i = 0; i < frames; i++)
        {
            _freeSlots[i] = frames - 1 - i;
        }
    }

    /// <summary>Frames that wait for a neighbour (ALTEON.md section 7).</summary>
    public static HoldQueue ForNeighbors() => new(
        Limits.HeldFrames, Limits.MaxNeighbors, Limits.HeldFramesPerNeighbor, Limits.HoldNanoseconds);

    /// <summary>Frames that wait.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// When the oldest frame is given up; <see cref="long.MaxValue"/> when none waits.
    /// </summary>
    public long NextDeadlineNs => Count == 0 ? long.MaxValue : _held[_order[0]].DeadlineNs;

    /// <summary>Frames that wait for a holder.</summary>
    public int CountOf(int holder) => _perHolder[holder];

    /// <summary>Keeps a copy of the frame. False when it is too long or too many wait.</summary>
    public bool TryAdd(in FrameDescriptor frame, in FrameInfo info, int holder, long nowNs)
    {
        if (_free == 0 || frame.Length > Limits.HeldFrameBytes || _perHolder[holder] >= _mostPerHolder)
        {
            return false;
        }
        int slot = _freeSlots[--_free];
        frame.Span.CopyTo(_memory.Slot(slot));
        FrameDescriptor kept = _memory.Describe(slot, frame.Length);
        kept.Checksum = frame.Checksum;
        kept.ChecksumStart = frame.ChecksumStart;
        kept.ChecksumOffset = frame.ChecksumOffset;
        kept.SegmentSize = frame.SegmentSize;
        kept.SegmentType = frame.SegmentType;
        _held[slot] = new Held(kept, info.Number, holder, info.Port, nowNs + _holdNanoseconds);
        _order[Count++] = slot;
        _perHolder[holder]++;
        return true;
    }

    /// <summary>
    /// Takes out, in order, frames that are due by the rule, or whose time is up. All of them
    /// came in on one port and fit the burst. Returns false when there is none. The bytes stay
    /// valid until the next call.
    /// </summary>
    public bool TryTake<TRule>(FrameBurst burst, TRule rule, long nowNs, out int port, out bool expired)
        where TRule : struct, IHoldRule
    {
        while (_takenCount > 0)
        {
            _freeSlots[_free++] = _taken[--_takenCount];
        }
        burst.Count = 0;
        port = -1;
        expired = false;
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int slot = _order[i];
            ref Held held = ref _held[slot];
            bool due = rule.IsDue(held.Holder);
            bool late = !due && held.DeadlineNs <= nowNs;
            bool first = burst.Count == 0;
            if ((!due && !late) || burst.Count == Limits.BurstFrames
                || (!first && (held.Port != port || late != expired)))
            {
                _order[kept++] = slot;
                continue;
            }
            port = held.Port;
            expired = late;
            burst.Frames[burst.Count] = held.Frame;
            burst.Infos[burst.Count].Number = held.Number;
            burst.Count++;
            _taken[_takenCount++] = slot;
            if (--_perHolder[held.Holder] == 0)
            {
                rule.Emptied(held.Holder);
            }
        }
        Count = kept;
        return burst.Count > 0;
    }

    private readonly record struct Held(
        FrameDescriptor Frame, long Number, int Holder, byte Port, long DeadlineNs);
}
