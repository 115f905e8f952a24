// What one watch sees of one loop: judges the frames of each burst by its rule, copies those that
// it may still want before they are rewritten, and keeps or gives back the copies when they are
// decided. Called by LoopObserver on the loop's thread; read by whoever watches, on another.
//
// A full ring and a spent rate cost an observation, which is counted, never a frame.

using System.Numerics;

namespace PacketSwitch.DataPlane;

/// <summary>A watch on a loop.</summary>
public sealed class FrameWatch
{
    private readonly Observation?[] _mine = new Observation?[Limits.BurstFrames];
    private readonly long[] _seenAt = new long[Limits.MaxPorts];
    private readonly long[] _missedAt = new long[Limits.MaxPorts];
    private readonly long[] _sentMissedAt = new long[Limits.MaxPorts];
    private RateBound _rate;
    private RateBound _tries = new(Limits.WatchTriesPerSecond, Limits.WatchTriesPerSecond / 16);
    private ulong _candidates;
    private ulong _partly;
    private long _nowNs;

    /// <summary>Takes memory for a watch.</summary>
    public FrameWatch(WatchRule rule)
    {
        Rule = rule;
        Ring = new ObservationRing(rule.Slots, rule.SnapBytes);
        // What comes at once is what the ring holds of it, with a copy for each frame.
        int burst = Math.Clamp(rule.PerSecond / 4, 1, Math.Max(1, Ring.Capacity / 2));
        _rate = new RateBound(rule.PerSecond, burst);
    }

    public WatchRule Rule { get; }

    /// <summary>What was observed; whoever watches is the consumer.</summary>
    public ObservationRing Ring { get; }

    // Written by: the loop. Read by: any.

    /// <summary>Received frames that were wanted and are in the ring, or were.</summary>
    public long Observed { get; private set; }

    /// <summary>Received frames that were wanted, and found no room or no rate.</summary>
    public long NotObserved { get; private set; }

    /// <summary>Copies that left, and the switch's own frames, for which there was none.</summary>
    public long SentNotObserved { get; private set; }

    /// <summary>The same by the port, by index, that the frames came in on, or left on.</summary>
    public ReadOnlySpan<long> ObservedAt => _seenAt;
    public ReadOnlySpan<long> NotObservedAt => _missedAt;
    public ReadOnlySpan<long> SentNotObservedAt => _sentMissedAt;

    internal void BeginPass(long nowNs)
    {
        _nowNs = nowNs;
        _rate.Refill(nowNs);
        _tries.Refill(nowNs);
    }

    // The frames have been read; their bytes are those received.
    internal void Entered(FrameBurst burst, int port)
    {
        _candidates = 0;
        _partly = 0;
        if ((Rule.Ports >> port & 1) == 0 || Rule.IsOnlyOriginated)
        {
            return;
        }
        FrameProgram? program = Rule.Program;
        bool isOpen = Rule.IsOpen;
        long left = _rate.Tokens;
        for (int i = 0; i < burst.Count; i++)
        {
            ref FrameDescriptor frame = ref burst.Frames[i];
            if (program is not null && !program.Matches(frame.Span, frame.WireLength))
            {
                continue;
            }
            _candidates |= 1UL << i;
            _mine[i] = null;
            // When each is wanted, no more are copied than may be kept.
            if (left <= 0 || !(isOpen || _tries.TryTake()) || !Ring.TryTake(out Observation slot))
            {
                continue;
            }
            left -= isOpen ? 1 : 0;
            Take(slot, i, frame, burst.Infos[i], port);
            slot.HasWaited = burst.IsAgain;
        }
    }

    // Forwarding changes headers only, but for what it must understand (ICMP quotes) and joins
    // (super-frames): of a plain frame the rest can wait until it is known to be wanted.
    private void Take(
        Observation slot, int index, in FrameDescriptor frame, in FrameInfo info, int port)
    {
        bool isPlain = info.Kind is FrameKind.Flow4 or FrameKind.Flow6 && !info.IsSuperFrame
            && info.TransportOffset + 60 <= Limits.WatchHeaderBytes;
        slot.Copy(frame, isPlain ? Limits.WatchHeaderBytes : int.MaxValue);
        slot.Kind = ObservationKind.Received;
        slot.Port = (byte)port;
        slot.TimeNs = _nowNs;
        slot.First = info;
        slot.BurstIndex = index;
        _mine[index] = slot;
        _partly |= isPlain ? 1UL << index : 0;
    }

    // Frames have left on a port.
    internal void Sent(int port, Span<FrameDescriptor> frames)
    {
        foreach (ref FrameDescriptor frame in frames)
        {
            if (frame.Failed)
            {
                continue;
            }
            if (frame.BurstIndex < 0)
            {
                Originated(port, frame);
            }
            else if ((_candidates >> frame.BurstIndex & 1) != 0
                && _mine[frame.BurstIndex] is not null)
            {
                AddSent(ObservationKind.Sent, port, frame);
            }
        }
    }

    private void Originated(int port, in FrameDescriptor frame)
    {
        if (!Rule.Originated || (Rule.Ports >> port & 1) == 0
            || (Rule.Program is { } program && !program.Matches(frame.Span, frame.WireLength)))
        {
            return;
        }
        if (!_rate.TryTake())
        {
            MissSent(port);
            return;
        }
        AddSent(ObservationKind.Originated, port, frame);
    }

    private void AddSent(ObservationKind kind, int port, in FrameDescriptor frame)
    {
        if (!Ring.TryTake(out Observation slot))
        {
            MissSent(port);
            return;
        }
        slot.Copy(frame);
        slot.WireLength = frame.Length; // It may have been cut or grown since it came in.
        slot.Kind = kind;
        slot.Port = (byte)port;
        slot.TimeNs = _nowNs;
        slot.BurstIndex = frame.BurstIndex;
        slot.IsKept = kind == ObservationKind.Originated;
        slot.HasWaited = false;
    }

    private void MissSent(int port)
    {
        SentNotObserved++;
        _sentMissedAt[port]++;
    }

    // Every frame of the burst has its verdict, or waits: then it is judged when it is decided.
    internal void Decided(FrameBurst burst, ReadOnlySpan<FrameDescriptor> received)
    {
        for (ulong left = _candidates; left != 0; left &= left - 1)
        {
            int i = BitOperations.TrailingZeroCount(left);
            ref FrameInfo info = ref burst.Infos[i];
            if (!Rule.Accepts(info))
            {
                continue;
            }
            if (_mine[i] is not { } slot || !_rate.TryTake())
            {
                NotObserved++;
                _missedAt[info.Port]++;
                continue;
            }
            if ((_partly >> i & 1) != 0)
            {
                slot.CopyRest(received[i], Limits.WatchHeaderBytes);
            }
            slot.Info = info;
            slot.IsKept = true;
            Observed++;
            _seenAt[info.Port]++;
        }
        KeepCopies(burst);
        _candidates = 0;
        Ring.Publish();
    }

    // The copies of a frame go the way of the frame, and carry what became of it.
    private void KeepCopies(FrameBurst burst)
    {
        for (int taken = 0; taken < Ring.Taken; taken++)
        {
            Observation slot = Ring.Slot(taken);
            if (slot.Kind == ObservationKind.Sent
                && _mine[slot.BurstIndex] is { IsKept: true } mine)
            {
                slot.First = mine.First;
                slot.Info = burst.Infos[slot.BurstIndex];
                slot.IsKept = true;
            }
        }
    }

    // What the switch has sent by itself between bursts.
    internal void EndPass()
    {
        if (Ring.Taken > 0)
        {
            Ring.Publish();
        }
    }
}
