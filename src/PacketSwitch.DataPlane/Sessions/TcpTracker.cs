// Follows a TCP connection from the middle: which stage it is in, and whether a RST or FIN is believed. Called by Forwarder for
// frames of TCP sessions that carry SYN, FIN or RST or whose session is not established; TrackNumbers for every frame.
// It never delays or changes a frame.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>What a TCP frame of a known session means for it.</summary>
internal enum TcpOutcome
{
    /// <summary>Forward it.</summary>
    Forward,

    /// <summary>Forward it, and believe none of its numbers: a stale or forged SYN, a RST that may be forged.</summary>
    ForwardUntracked,

    /// <summary>A SYN on a closing session: end that session and open a new one with this frame.</summary>
    Reopen,

    /// <summary>A RST whose sequence number is not in the receiver's window (RFC 5961 section 3).</summary>
    RejectReset,
}

/// <summary>TCP stages (RFC 9293 section 3.3.2) as a switch sees them.</summary>
internal static class TcpTracker
{
    /// <summary>Window scale that stands for "not offered".</summary>
    public const byte NoWindowShift = 255;

    /// <summary>Notes acknowledgement, window and sequence numbers of a frame in its direction's entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TrackNumbers<TAddress>(
        ref FlowEntry<TAddress> own, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        uint end = info.Sequence + (uint)info.PayloadLength;
        bool first = own.Packets == 0 || (info.TcpFlags & TcpFlags.Syn) != 0;
        if ((info.TcpFlags & (TcpFlags.Syn | TcpFlags.Fin)) != 0)
        {
            // Data on a SYN may be refused (RFC 7413), so it does not count until it is sent again or acknowledged.
            end = (info.TcpFlags & TcpFlags.Syn) != 0 ? info.Sequence + 1 : end + 1;
        }
        if (first || (int)(end - own.SequenceEnd) > 0)
        {
            own.SequenceEnd = end;
        }
        if ((info.TcpFlags & TcpFlags.Ack) == 0)
        {
            return;
        }
        // A client's SYN carries no acknowledgement, so its first one is taken as it is.
        bool unset = own.Acknowledged == 0 && own.Window == 0;
        if (first || unset || (int)(info.Acknowledgement - own.Acknowledged) >= 0)
        {
            own.Acknowledged = info.Acknowledgement;
            own.Window = info.Window;
            FlowPath.Mark(
                ref own.Path, FlowPath.WholeWindow, (info.TcpFlags & TcpFlags.Syn) != 0);
        }
    }

    /// <summary>
    /// The same for a frame of a settled flow: it has a number to compare with, and no SYN or FIN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TrackSettled<TAddress>(ref FlowEntry<TAddress> own, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        uint end = info.Sequence + (uint)info.PayloadLength;
        if ((int)(end - own.SequenceEnd) > 0)
        {
            own.SequenceEnd = end;
        }
        if ((info.TcpFlags & TcpFlags.Ack) != 0
            && (int)(info.Acknowledgement - own.Acknowledged) >= 0)
        {
            own.Acknowledged = info.Acknowledgement;
            own.Window = info.Window;
        }
    }

    /// <summary>The window that a direction announced last, in bytes.</summary>
    public static uint WindowOf<TAddress>(
        ref FlowEntry<TAddress> entry, ref SessionState state, bool fromClient)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        byte shift = fromClient ? state.ClientWindowShift : state.ServerWindowShift;
        bool isScaled = shift <= 14 && (entry.Path & FlowPath.WholeWindow) == 0;
        return isScaled ? (uint)entry.Window << shift : entry.Window;
    }

    /// <summary>Moves the session to its next stage.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TcpOutcome Advance<TAddress>(
        ref FlowEntry<TAddress> own, ref FlowEntry<TAddress> peer, ref SessionState state,
        ref FrameInfo info, Span<byte> segment, bool fromClient, SessionTimers timers)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        TcpFlags flags = info.TcpFlags;
        if ((flags & TcpFlags.Rst) != 0)
        {
            if (state.Stage == TcpStage.Closed && (state.Flags & SessionFlags.ResetInDoubt) == 0)
            {
                // Nothing is left to guard. Each segment that was on its way to a host that has
                // given up is answered with a RST at that segment's acknowledgement (RFC 9293
                // section 3.10.7.1), which may be long overtaken; the ends judge for themselves.
                return TcpOutcome.ForwardUntracked;
            }
            if (!IsInWindow(ref own, ref peer, ref state, ref info, fromClient))
            {
                // The client may be refusing a stale SYN-ACK, none of whose numbers are known here.
                bool refuses = fromClient && state.Stage == TcpStage.HalfOpen && peer.Packets != 0;
                return refuses ? TcpOutcome.ForwardUntracked : TcpOutcome.RejectReset;
            }
            return OnReset(ref peer, ref state, ref info, timers);
        }
        if ((flags & TcpFlags.Syn) != 0)
        {
            return OnSyn(ref peer, ref state, ref info, segment, fromClient, timers);
        }
        if ((state.Flags & SessionFlags.ResetInDoubt) != 0 && (flags & TcpFlags.Ack) != 0)
        {
            // Somebody goes on as if there had been no RST.
            state.Revive(timers);
        }
        if (fromClient && (flags & TcpFlags.Ack) != 0 && CompletesHandshake(ref peer, ref state, ref info))
        {
            state.Reach(TcpStage.Established, SessionFlags.None, timers);
        }
        if ((flags & TcpFlags.Fin) != 0 && state.Stage >= TcpStage.SynReceived
            && state.Stage != TcpStage.Closed
            && IsInWindow(ref own, ref peer, ref state, ref info, fromClient))
        {
            SessionFlags fin = fromClient ? SessionFlags.ClientFin : SessionFlags.ServerFin;
            state.Reach(TcpStage.Closing, fin, timers);
        }
        return TcpOutcome.Forward;
    }

    // A RST in the window. One that does not stand at the number its receiver awaits may be forged, and then its receiver does not believe it
    // (RFC 5961 section 3.2): it closes only if nobody says anything more. A sender that meant it repeats it at the right number.
    private static TcpOutcome OnReset<TAddress>(
        ref FlowEntry<TAddress> peer, ref SessionState state,
        ref FrameInfo info, SessionTimers timers)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool isExact = peer.Packets == 0 || info.Sequence == peer.Acknowledged;
        if (isExact || state.Stage < TcpStage.Established)
        {
            state.Reach(TcpStage.Closed, SessionFlags.None, timers);
            return TcpOutcome.Forward;
        }
        state.Doubt(timers);
        return TcpOutcome.ForwardUntracked;
    }

    private static TcpOutcome OnSyn<TAddress>(
        ref FlowEntry<TAddress> peer, ref SessionState state, ref FrameInfo info, Span<byte> segment,
        bool fromClient, SessionTimers timers)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool acknowledges = (info.TcpFlags & TcpFlags.Ack) != 0;
        if (fromClient)
        {
            // After a RST in doubt the server decides: it answers the SYN, or challenges it.
            bool inDoubt = (state.Flags & SessionFlags.ResetInDoubt) != 0;
            if (!acknowledges && state.Stage >= TcpStage.Closing && !inDoubt)
            {
                return TcpOutcome.Reopen;
            }
            if (state.Stage == TcpStage.HalfOpen)
            {
                ReadOptions(ref state, segment, fromClient: true);
            }
            return state.Stage <= TcpStage.SynReceived ? TcpOutcome.Forward : TcpOutcome.ForwardUntracked;
        }
        // A SYN-ACK that acknowledges something else is stale: it passes, and changes nothing.
        if (state.Stage == TcpStage.HalfOpen && (!acknowledges || AcknowledgesSyn(ref peer, ref info)))
        {
            ReadOptions(ref state, segment, fromClient: false);
            if (state.ClientWindowShift == NoWindowShift || state.ServerWindowShift == NoWindowShift)
            {
                state.ClientWindowShift = state.ServerWindowShift = NoWindowShift;
            }
            state.Reach(TcpStage.SynReceived, SessionFlags.None, timers);
            return TcpOutcome.Forward;
        }
        return TcpOutcome.ForwardUntracked;
    }

    // The SYN, or the SYN with its data. A stale acknowledgement lies below: initial sequence numbers grow with time (RFC 6528).
    private static bool AcknowledgesSyn<TAddress>(ref FlowEntry<TAddress> client, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => info.Acknowledgement - client.SequenceEnd <= ushort.MaxValue;

    // The client's acknowledgement of the server's SYN; a DSR session never shows that SYN.
    private static bool CompletesHandshake<TAddress>(
        ref FlowEntry<TAddress> server, ref SessionState state, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => (state.Flags & SessionFlags.OneSided) != 0
            ? state.Stage == TcpStage.HalfOpen
            : state.Stage == TcpStage.SynReceived && (int)(server.SequenceEnd - info.Acknowledgement) >= 0;

    /// <summary>Reads maximum segment size and window scale from a SYN.</summary>
    public static void ReadOptions(ref SessionState state, Span<byte> segment, bool fromClient)
    {
        if (!TcpView.TryWrap(segment, out TcpView tcp))
        {
            return;
        }
        tcp.TryGetMaximumSegmentSize(out ushort size);
        byte shift = tcp.TryGetWindowScale(out byte offered) ? Math.Min(offered, (byte)14) : NoWindowShift;
        if (fromClient)
        {
            state.ClientSegmentSize = size;
            state.ClientWindowShift = shift;
        }
        else
        {
            state.ServerSegmentSize = size;
            state.ServerWindowShift = shift;
        }
    }

    // RFC 9293 section 3.10.7.4: acceptable when it lies in the window that the receiver announced. The receiver's own frames cannot be
    // forged from the other side of the switch, so a client-side attacker cannot widen the server's window. A server's own numbers are
    // trusted too: it may reset where its data ends, whatever a forged client acknowledgement has left behind.
    private static bool IsInWindow<TAddress>(
        ref FlowEntry<TAddress> own, ref FlowEntry<TAddress> peer, ref SessionState state,
        ref FrameInfo info, bool fromClient)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool acknowledges = (info.TcpFlags & TcpFlags.Ack) != 0;
        bool silent = peer.Packets == 0;
        bool halfOpen = state.Stage == TcpStage.HalfOpen;
        SessionFlags ownFin = fromClient ? SessionFlags.ClientFin : SessionFlags.ServerFin;
        if ((state.Flags & ownFin) != 0 && info.Sequence + 1 == own.SequenceEnd)
        {
            // Behind its FIN, but at the FIN's own number: hosts refuse so what they are sent after
            // they have closed, and other hosts believe it.
            return true;
        }
        if (fromClient && (silent || halfOpen) && info.Sequence == own.SequenceEnd)
        {
            return true; // The client withdraws its SYN.
        }
        if (fromClient ? silent : halfOpen)
        {
            return !fromClient && acknowledges && AcknowledgesSyn(ref peer, ref info);
        }
        if (!fromClient && own.Packets != 0 && info.Sequence == own.SequenceEnd)
        {
            return true;
        }
        uint distance = info.Sequence - peer.Acknowledged;
        uint window = WindowOf(ref peer, ref state, !fromClient);
        return distance <= Math.Max(window, 1) + Rounding(ref state, fromClient);
    }

    // A scaled window is announced in steps, so its end may step back by less than one of them, and
    // the sender may have gone as far as the end it was told first (RFC 7323 section 2.4).
    private static uint Rounding(ref SessionState state, bool fromClient)
    {
        byte shift = fromClient ? state.ServerWindowShift : state.ClientWindowShift;
        return shift is > 0 and <= 14 ? (1u << shift) - 1 : 0;
    }

    // Acknowledgements this far behind what the server has sent are believed: more than any window in use.
    private const uint FarthestAcknowledgement = 16 << 20;

    /// <summary>
    /// Whether the numbers of a client's frame fit what the server has said (RFC 5961 section 5.2): what an attacker who sees neither direction
    /// cannot guess. Old data sent again counts as fitting. While the server is silent there is nothing to compare.
    /// </summary>
    public static bool IsPlausible<TAddress>(
        ref FlowEntry<TAddress> server, ref SessionState state, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (server.Packets == 0)
        {
            return true;
        }
        uint reach = Math.Max(
            WindowOf(ref server, ref state, fromClient: false), ushort.MaxValue);
        bool sequenceFits = info.Sequence - server.Acknowledged + reach <= 2 * reach;
        bool acknowledges = (info.TcpFlags & TcpFlags.Ack) != 0;
        return sequenceFits && acknowledges
            && server.SequenceEnd - info.Acknowledgement <= FarthestAcknowledgement;
    }
}
