// What both directions of a session share: one cache line beside its two flow entries. Plain data without references.
//
// Phase is the only field that decides ownership: the loop that moves it from Live to Ending by compare-and-swap
// unlinks and retires the session, everybody else leaves it alone. The other fields are written by the opener
// before publication; later writes (TCP progress, client attachment, timeouts) are single aligned words, written by
// whichever loop saw the frame, and each value is right by itself.

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

    /// <summary>Client's MAC in the upper 48 bits, port index in the next 8: where replies go (return to sender).</summary>
    public ulong ClientAttachment;

    /// <summary>Ticks without a frame until the session ends, in its present stage.</summary>
    public uint TimeoutTicks;

    /// <summary>Ticks without a frame until an established or UDP session ends.</summary>
    public uint IdleTicks;

    /// <summary>Tick at which the session was opened.</summary>
    public uint OpenedAt;

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

    public TcpStage Stage;
    public SessionFlags Flags;

    /// <summary>Window scale shifts of the client and the server (RFC 7323).</summary>
    public byte ClientWindowShift;
    public byte ServerWindowShift;

    public const int AttachmentPortShift = 8;

    /// <summary>Packs where a client is reached.</summary>
    public static ulong Attachment(ulong mac, int port) => (mac << 16) | ((ulong)(uint)port << AttachmentPortShift);

    /// <summary>The MAC of an attachment.</summary>
    public static ulong AttachmentMac(ulong attachment) => attachment >> 16;

    /// <summary>The port index of an attachment.</summary>
    public static int AttachmentPort(ulong attachment) => (int)((attachment >> AttachmentPortShift) & 0xff);
}
