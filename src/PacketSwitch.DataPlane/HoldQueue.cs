// Frames that wait for a neighbour's link address, in the order they came: the first SYN to a server is not lost while ARP asks for it.
// Filled by Forwarder and Router, emptied by PortLoop when a new snapshot resolves the neighbour or the time is up. One loop's.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Bounded per neighbour and in all (ALTEON.md section 7).</summary>
public sealed class HoldQueue
{
    // Hosts are counted by a hash of the address: two may share a limit.
    private const int HostCounts = 1024;
    private const int NoIndex = -1;

    private readonly FrameMemory _memory = new(Limits.HeldFrames, Limits.HeldFrameBytes);
    private readonly Held[] _held = new Held[Limits.HeldFrames];
    private readonly int[] _order = new int[Limits.HeldFrames];
    private readonly int[] _freeSlots = new int[Limits.HeldFrames];
    private readonly ushort[] _perNeighbor = new ushort[Limits.MaxNeighbors];
    private readonly ushort[] _perHost = new ushort[HostCounts];
    private readonly int[] _taken = new int[Limits.BurstFrames];
    private int _free = Limits.HeldFrames;
    private int _routed;
    private int _takenCount;

    public HoldQueue()
    {
        for (int i = 0; i < _freeSlots.Length; i++)
        {
            _freeSlots[i] = _freeSlots.Length - 1 - i;
        }
    }

    /// <summary>Frames that wait.</summary>
    public int Count { get; private set; }

    /// <summary>When the oldest frame is given up; <see cref="long.MaxValue"/> when none waits.</summary>
    public long NextDeadlineNs => Count == 0 ? long.MaxValue : _held[_order[0]].DeadlineNs;

    /// <summary>Keeps a copy of the frame for a neighbour by its index. False when it is too long or too many wait.</summary>
    public bool TryAdd(in FrameDescriptor frame, in FrameInfo info, int neighbor, long nowNs)
    {
        if (_perNeighbor[neighbor] >= Limits.HeldFramesPerNeighbor
            || !TryKeep(frame, info, neighbor, default, nowNs))
        {
            return false;
        }
        _perNeighbor[neighbor]++;
        return true;
    }

    /// <summary>Keeps a copy of the frame for a host that has no index yet; the snapshot that gives it one releases it.</summary>
    public bool TryAddForHost(in FrameDescriptor frame, in FrameInfo info, IpAddress host, long nowNs)
    {
        ref ushort waiting = ref _perHost[HostCount(host)];
        if (_routed >= Limits.HeldFramesRouted || waiting >= Limits.HeldFramesPerHost
            || !TryKeep(frame, info, NoIndex, host, nowNs))
        {
            return false;
        }
        waiting++;
        _routed++;
        return true;
    }

    private bool TryKeep(in FrameDescriptor frame, in FrameInfo info, int neighbor, IpAddress host, long nowNs)
    {
        if (_free == 0 || frame.Length > Limits.HeldFrameBytes)
        {
            return false;
        }
        int slot = _freeSlots[--_free];
        frame.Span.CopyTo(_memory.Slot(slot));
        FrameDescriptor kept = _memory.Describe(slot, frame.Length);
        kept.Checksum = frame.Checksum;
        kept.ChecksumStart = frame.ChecksumStart;
        kept.SegmentSize = frame.SegmentSize;
        kept.SegmentType = frame.SegmentType;
        _held[slot] = new Held(
            kept, info.Number, neighbor, host, info.Port, nowNs + Limits.HoldNanoseconds);
        _order[Count++] = slot;
        return true;
    }

    /// <summary>
    /// Takes out, in order, frames that are due: their neighbour is resolved in the snapshot, or their time is up. All of
    /// them came in on one port and fit the burst. Returns false when none is due. The bytes stay valid until the next call.
    /// </summary>
    public bool TryTake(FrameBurst burst, SwitchSnapshot snapshot, long nowNs, out int port, out bool expired)
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
            bool resolved = IsResolved(held, snapshot);
            bool late = !resolved && held.DeadlineNs <= nowNs;
            bool first = burst.Count == 0;
            if ((!resolved && !late) || burst.Count == Limits.BurstFrames
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
            Uncount(held);
            _taken[_takenCount++] = slot;
        }
        Count = kept;
        return burst.Count > 0;
    }

    private static bool IsResolved(in Held held, SwitchSnapshot snapshot)
        => held.Neighbor == NoIndex
            ? snapshot.Routes.IndexOf(held.Host) >= 0
            : held.Neighbor >= snapshot.Neighbors.Length || snapshot.Neighbors[held.Neighbor].IsResolved;

    private void Uncount(in Held held)
    {
        if (held.Neighbor == NoIndex)
        {
            _perHost[HostCount(held.Host)]--;
            _routed--;
        }
        else
        {
            _perNeighbor[held.Neighbor]--;
        }
    }

    private static int HostCount(IpAddress host)
    {
        ulong mixed = (host.V6.High ^ host.V6.Low ^ host.V4.Value) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 54);
    }

    private readonly record struct Held(
        FrameDescriptor Frame, long Number, int Neighbor, IpAddress Host, byte Port, long DeadlineNs);
}
