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
    private readonly Observation[] _mine = new Observation[Limits.BurstFrames];
    private readonly long[] _seenAt = new long[Limits.MaxPorts];
    private readonly long[] _missedAt = new long[Limits.MaxPorts];
    private readonly long[] _sentMissedAt = new long[Limits.MaxPorts];
    private TokenBucket _rate;
    private TokenBucket _tries = new(Limits.WatchTriesPerSecond, Limits.WatchTriesPerSecond / 16);
    private readonly bool _isOpen;
    private readonly bool _isByVerdict;

    // Frames of the burst, a bit each: matched by the filter, copied, of these only the headers,
    // and kept.
    private ulong _candidates;
    private ulong _taken;
    private ulong _partly;
    private ulong _kept;
    private long _nowNs;

    /// <summary>Takes memory for a watch.</summary>
    public FrameWatch(WatchRule rule)
    {
        Rule = rule;
        _isOpen = rule.IsOpen;
        _isByVerdict = rule.IsByVerdict;
        Ring = new ObservationRing(rule.Slots, rule.SnapBytes);
        // What comes at once is what the ring holds of it, with a copy for each frame.
        int burst = Math.Clamp(rule.PerSecond / 4, 1, Math.Max(1, Ring.Capacity / 2));
        _rate = new TokenBucket(rule.PerSecond, burst);
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

    // The frames have been read; their bytes are those received. When every one is wanted, no more
    // are copied than may be kept; else as many as may be tried.
    internal void Entered(FrameBurst burst, int port)
    {
        _taken = 0;
        _partly = 0;
        _kept = 0;
        bool isMeant = (Rule.Ports >> port & 1) != 0 && !Rule.IsOnlyOriginated;
        _candidates = !isMeant ? 0 : Rule.Program is { } program ? Matching(burst, program)
            : ulong.MaxValue >> (Limits.BurstFrames - burst.Count);
        long left = _rate.Tokens;
        for (ulong rest = _candidates; rest != 0 && left > 0; rest &= rest - 1)
        {
            if (!(_isOpen || _tries.TryTake()) || !Ring.TryTake(out Observation slot))
            {
                break;
            }
            left -= _isOpen ? 1 : 0;
            int i = BitOperations.TrailingZeroCount(rest);
            Take(slot, i, burst.Frames[i], burst.Infos[i], port);
            slot.HasWaited = burst.IsAgain;
        }
    }

    private static ulong Matching(FrameBurst burst, FrameProgram program)
    {
        ulong matching = 0;
        for (int i = 0; i < burst.Count; i++)
        {
            ref FrameDescriptor frame = ref burst.Frames[i];
            if (program.Matches(frame.Span, frame.WireLength))
            {
                matching |= 1UL << i;
            }
        }
        return matching;
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
        _taken |= 1UL << index;
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
            else if ((_taken >> frame.BurstIndex & 1) != 0)
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
    internal void Decided(
        FrameBurst burst, int port, ReadOnlySpan<FrameDescriptor> received,
        ReadOnlySpan<ulong> byVerdict)
    {
        ulong wanted = 0;
        for (int verdict = 0; verdict < byVerdict.Length; verdict++)
        {
            wanted |= (Rule.Verdicts >> verdict & 1) != 0 ? byVerdict[verdict] : 0;
        }
        wanted &= _candidates;
        if (!_isByVerdict)
        {
            wanted = Accepted(burst, wanted);
        }
        for (ulong rest = wanted & _taken; rest != 0 && _rate.TryTake(); rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            Observation slot = _mine[i];
            if ((_partly >> i & 1) != 0)
            {
                slot.CopyRest(received[i], Limits.WatchHeaderBytes);
            }
            slot.Info = burst.Infos[i];
            slot.IsKept = true;
            _kept |= 1UL << i;
        }
        Count(port, wanted);
        KeepCopies(burst);
        _candidates = 0;
        EndPass();
    }

    private ulong Accepted(FrameBurst burst, ulong frames)
    {
        ulong accepted = 0;
        for (ulong rest = frames; rest != 0; rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            accepted |= Rule.Accepts(burst.Infos[i]) ? 1UL << i : 0;
        }
        return accepted;
    }

    private void Count(int port, ulong wanted)
    {
        int kept = BitOperations.PopCount(_kept);
        int missed = BitOperations.PopCount(wanted) - kept;
        Observed += kept;
        NotObserved += missed;
        _seenAt[port] += kept;
        _missedAt[port] += missed;
    }

    // The copies of a frame go the way of the frame, and carry what became of it.
    private void KeepCopies(FrameBurst burst)
    {
        for (int taken = 0; _kept != 0 && taken < Ring.Taken; taken++)
        {
            Observation slot = Ring.Slot(taken);
            if (slot.Kind == ObservationKind.Sent && (_kept >> slot.BurstIndex & 1) != 0)
            {
                slot.First = _mine[slot.BurstIndex].First;
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
