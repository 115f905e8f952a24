// What both directions of a session share: one cache line beside its two flow entries. Plain data
// without references.
//
// Phase is the only field that decides ownership: the loop that moves it from Live to Ending by
// compare-and-swap unlinks and retires the session, everybody else leaves it alone. The other
// fields are written by the opener before publication. Later, the client's tag, segment sizes and
// path MTU are single aligned words, written by whichever loop saw the frame; each value is right
// by itself.
//
// How far the connection is (Stage, Flags) is one 32-bit word that two loops may move at once: a
// FIN from each side, or a RST beside the acknowledgement that completes the handshake. Reach moves
// it by compare-and-swap (a full fence), and a stage only rises, so neither loop undoes what the
// other has seen, and of two FINs exactly one finds the other's bit: that one closes. One thing is
// taken back: a close by a RST in doubt. The doubt is a bit of the same word, and whoever closes
// for certain clears it in the same swap; so a revival takes back that close and no other.
//
// TimeoutTicks follows the stage in a word of its own: written after the stage, and behind a fence
// the stage is read again; if it has changed meanwhile, the timeout is written again. So the last
// one to write it wrote that of the last stage: had the stage changed after its second look, the
// one who changed it would have written later.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PacketSwitch.DataPlane;

/// <summary>Who owns a session slot.</summary>
public enum SessionPhase
{
    Free,
    Opening,
    Live,
    Ending,
}

/// <summary>How far a TCP connection is (RFC 9293 section 3.3.2, seen from the middle).</summary>
public enum TcpStage : byte
{
    /// <summary>Not TCP.</summary>
    None,

    /// <summary>A SYN was seen from the client only.</summary>
    HalfOpen,

    /// <summary>The server's SYN was seen too, the client's acknowledgement not yet.</summary>
    SynReceived,

    /// <summary>Both sides are synchronised.</summary>
    Established,

    /// <summary>A FIN was seen from one side.</summary>
    Closing,

    /// <summary>FIN from both sides, or a valid RST: the session waits for its fast age.</summary>
    Closed,
}

/// <summary>Bits of <see cref="SessionState.Flags"/>.</summary>
[Flags]
public enum SessionFlags : byte
{
    None = 0,
    ClientFin = 1,
    ServerFin = 2,

    /// <summary>Only the client's direction has a key (DSR).</summary>
    OneSided = 4,

    /// <summary>Counted as a session of its real server.</summary>
    Counted = 8,

    /// <summary>A direct connection to a real server (DAM): the rewrite changes nothing.</summary>
    Direct = 16,

    /// <summary>RST both sides when the session ends by age or failure (<c>clsrst</c>).</summary>
    ResetAtEnd = 32,

    /// <summary>Its client is bound to the real server (<c>pbind</c>).</summary>
    Bound = 64,

    /// <summary>
    /// Closed by a RST in the window that is not at the number awaited: a receiver that keeps to RFC 5961 section 3.2 refuses it, and the
    /// connection goes on.
    /// </summary>
    ResetInDoubt = 128,
}

/// <summary>The state both directions share: 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct SessionState
{
    /// <summary>A <see cref="SessionPhase"/>; moved by compare-and-swap only.</summary>
    public int Phase;

    /// <summary>Index + 1 of the next slot in the free list or a limbo list, 0 at the end.</summary>
    public int Next;

    /// <summary>The epoch at which the session was unlinked.</summary>
    public long RetiredAt;

    /// <summary>Ticks without a frame until the session ends, in its present stage.</summary>
    public uint TimeoutTicks;

    /// <summary>Ticks without a frame until an established or UDP session ends.</summary>
    public uint IdleTicks;

    /// <summary>Tick at which the session was opened.</summary>
    public uint OpenedAt;

    /// <summary>Octets in units of 2^32; the rest is in the entries. Each carried over by the loop
    /// that saw its entry's count wrap.</summary>
    public ushort ClientBytesHigh;
    public ushort ServerBytesHigh;

    /// <summary>Number of the port pool the session's proxy port is from, 0 without full NAT.</summary>
    public int PortPool;

    /// <summary>The client's VLAN tag (TCI), 0 when untagged.</summary>
    public ushort ClientVlanTag;

    public ushort Real;
    public ushort Virt;
    public ushort ServicePort;

    /// <summary>Maximum segment size in the client's SYN, 0 when not said.</summary>
    public ushort ClientSegmentSize;

    /// <summary>Maximum segment size in the server's SYN, 0 when not said.</summary>
    public ushort ServerSegmentSize;

    /// <summary>Path MTU towards the client that ICMP told, 0 when none.</summary>
    public ushort ClientPathMtu;

    /// <summary>Path MTU towards the server that ICMP told, 0 when none.</summary>
    public ushort ServerPathMtu;

    /// <summary>Moved by <see cref="Reach"/> once the session is published; so are the flags.</summary>
    public TcpStage Stage;
    public SessionFlags Flags;

    /// <summary>Window scale shifts of the client and the server (RFC 7323).</summary>
    public byte ClientWindowShift;
    public byte ServerWindowShift;

    /// <summary>The session's number in the offload, 0 when the loops carry it. Moved by
    /// compare-and-swap only (<see cref="OffloadKeeper"/>).</summary>
    public uint Offload;

    /// <summary>True while something below the loops carries the session.</summary>
    public readonly bool IsOffloaded => Offload is not (0 or OffloadKeeper.Asking);

    private const int FlagsShift = 8;
    private const uint StageMask = 0xff;
    private const SessionFlags BothFins = SessionFlags.ClientFin | SessionFlags.ServerFin;

    /// <summary>
    /// The connection has come as far as <paramref name="stage"/>; it does not go back. FIN from
    /// both sides closes it, whatever stage is said. Any loop may call it at any time.
    /// </summary>
    public void Reach(TcpStage stage, SessionFlags seen, SessionTimers timers)
    {
        uint old = Volatile.Read(ref Progress);
        while (true)
        {
            SessionFlags flags = FlagsOf(old) | seen;
            TcpStage reached = (flags & BothFins) == BothFins ? TcpStage.Closed : stage;
            flags &= reached == TcpStage.Closed ? ~SessionFlags.ResetInDoubt : ~SessionFlags.None;
            TcpStage last = StageOf(old);
            if (TrySwap(ref old, reached > last ? reached : last, flags))
            {
                break;
            }
        }
        PublishTimeout(timers);
    }

    /// <summary>A RST that may be forged: closed, unless somebody goes on.</summary>
    public void Doubt(SessionTimers timers)
    {
        uint old = Volatile.Read(ref Progress);
        while (StageOf(old) != TcpStage.Closed
            && !TrySwap(ref old, TcpStage.Closed, FlagsOf(old) | SessionFlags.ResetInDoubt))
        {
        }
        PublishTimeout(timers);
    }

    /// <summary>Somebody goes on behind a RST in doubt. Without such a RST it changes nothing.</summary>
    public void Revive(SessionTimers timers)
    {
        uint old = Volatile.Read(ref Progress);
        while ((FlagsOf(old) & SessionFlags.ResetInDoubt) != 0)
        {
            bool closing = (FlagsOf(old) & BothFins) != 0;
            TcpStage back = closing ? TcpStage.Closing : TcpStage.Established;
            if (TrySwap(ref old, back, FlagsOf(old) & ~SessionFlags.ResetInDoubt))
            {
                break;
            }
        }
        PublishTimeout(timers);
    }

    // Stage, flags and the window scales, which stay.
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref uint Progress => ref Unsafe.As<TcpStage, uint>(ref Stage);

    private static TcpStage StageOf(uint progress) => (TcpStage)(progress & StageMask);

    private static SessionFlags FlagsOf(uint progress)
        => (SessionFlags)(byte)(progress >> FlagsShift);

    // False, with what stands there now, when another loop was first.
    private bool TrySwap(ref uint old, TcpStage stage, SessionFlags flags)
    {
        uint now = (old & ~0xffffu) | ((uint)flags << FlagsShift) | (uint)stage;
        uint found = Interlocked.CompareExchange(ref Progress, now, old);
        bool swapped = found == old;
        old = found;
        return swapped;
    }

    private void PublishTimeout(SessionTimers timers)
    {
        TcpStage last = StageOf(Volatile.Read(ref Progress));
        TcpStage written;
        do
        {
            written = last;
            Volatile.Write(ref TimeoutTicks, Timeout(written, timers));
            Interlocked.MemoryBarrier();
            last = StageOf(Volatile.Read(ref Progress));
        }
        while (last != written);
    }

    private readonly uint Timeout(TcpStage stage, SessionTimers timers) => stage switch
    {
        TcpStage.Established => IdleTicks,
        TcpStage.Closing => timers.Closing,
        TcpStage.Closed => timers.Closed,
        _ => timers.HalfOpen,
    };

    /// <summary>Octets of a direction, from both of their parts. A reader may be off by 2^32 for
    /// the moment in which they are carried over.</summary>
    public readonly long BytesOf(uint low, bool fromClient)
        => ((long)(fromClient ? ClientBytesHigh : ServerBytesHigh) << 32) | low;

    /// <summary>Sets the upper part of a direction's octets.</summary>
    public void SetBytesHigh(ushort high, bool fromClient)
        => (fromClient ? ref ClientBytesHigh : ref ServerBytesHigh) = high;
}
