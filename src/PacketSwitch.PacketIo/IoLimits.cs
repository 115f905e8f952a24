// Every bound of packet input and output in one place: buffers, queues, retries and waits. A full
// one counts and drops; none grows. What the data plane must know too stands in Limits.

using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>The fixed bounds of the ports. Units are in the names.</summary>
public static class IoLimits
{
    /// <summary>Frames start on a cache line, so that the headers of most lie in one.</summary>
    internal const int FrameAlignmentBytes = 64;

    /// <summary>Bytes of one frame with its headroom, rounded up to the alignment.</summary>
    internal const int FrameStrideBytes =
        (Limits.MaxFrameBytes + Limits.FrameHeadroomBytes + FrameAlignmentBytes - 1)
        & ~(FrameAlignmentBytes - 1);

    /// <summary>Ethernet header with one VLAN tag: what a frame may be longer than its IP
    /// packet.</summary>
    internal const int EthernetHeaderBytes = 14;

    /// <summary>An IEEE 802.1Q tag.</summary>
    internal const int VlanTagBytes = 4;

    /// <summary>Snap length where a super-frame may come (RAWIO: shorter means TCP
    /// stops).</summary>
    internal const int SuperFrameSnapBytes = Limits.MaxFrameBytes;

    /// <summary>Kernel buffer at <see cref="SuperFrameSnapBytes"/>: 1,023 frames.</summary>
    internal const int SuperFrameBufferBytes = 64 << 20;

    /// <summary>Snap length where no super-frame can come.</summary>
    internal const int PlainSnapBytes = 2048;

    /// <summary>Kernel buffer at <see cref="PlainSnapBytes"/>: 15,768 frames.</summary>
    internal const int PlainBufferBytes = 32 << 20;

    /// <summary>
    /// Longest frame that a slot of a packet ring takes; longer ones wait in the socket's queue.
    /// With the slot's header an odd number of cache lines, so that the slots spread over all sets
    /// of the caches.
    /// </summary>
    internal const int RingFrameBytes = 1904;

    /// <summary>The same where the MTU is larger: a usual jumbo frame.</summary>
    internal const int RingJumboBytes = 9_744;

    /// <summary>Memory of a packet ring: 8,448 slots, 16 ms at half a million frames a
    /// second.</summary>
    internal const int RingBytes = 16 << 20;

    /// <summary>The piece in which the kernel takes memory for a ring.</summary>
    internal const int RingBlockBytes = 1 << 20;

    /// <summary>Room for super-frames in a socket's queue, asked for; the kernel doubles it to hold
    /// some 900 of them.</summary>
    internal const int RingQueueBytes = 32 << 20;

    /// <summary>Room for frames on their way out of a socket.</summary>
    internal const int RingSendBytes = 4 << 20;

    /// <summary>Calls to fetch the super-frames of a burst; an old error may cost one.</summary>
    internal const int FetchTries = 8;

    /// <summary>Connections that the kernel carries by itself; their slots take 3 MiB.</summary>
    internal const int OffloadedSessions = 8192;

    /// <summary>Milliseconds without a connection that the kernel carries after which packets are
    /// no more steered.</summary>
    internal const int SteeringRestMs = 1000;

    /// <summary>Frames handed to the kernel in one call.</summary>
    internal const int SendBatchFrames = Limits.BurstFrames;

    /// <summary>Tries of one frame that the kernel has no room for, before it counts as
    /// failed.</summary>
    internal const int SendTries = 16;

    /// <summary>Milliseconds between two looks at the interfaces.</summary>
    internal const int SupervisePeriodMs = 250;

    /// <summary>Milliseconds between two tries of opening an interface that is there but cannot be
    /// opened.</summary>
    internal const int ReopenPeriodMs = 1000;

    /// <summary>Nanoseconds of the slice that a loop's thread asks for.</summary>
    internal const ulong LoopSliceNanoseconds = 100_000;

    /// <summary>Microseconds that a loop looks for frames before it sleeps, once it begins to:
    /// about what a wake costs.</summary>
    internal const int LeastPollMicroseconds = 50;

    /// <summary>Microseconds that it looks at most. A longer pause is slept, so a processor is kept
    /// busy only by more than 3,000 bursts a second.</summary>
    internal const int MostPollMicroseconds = 300;

    /// <summary>Microseconds after which a processor that was given up was taken by another
    /// program; when nobody wants it, it is back in one.</summary>
    internal const int TakenMicroseconds = 20;

    /// <summary>Microseconds without looking after that.</summary>
    internal const int PollRestMicroseconds = 50_000;

    /// <summary>Passes of a busy loop that leave an empty host port alone.</summary>
    internal const int HostPassesBetweenReads = 15;

    /// <summary>Wakes in a row for nothing before a loop stops listening to its ports for a
    /// moment.</summary>
    internal const int FruitlessWakes = 8;

    /// <summary>Milliseconds of that moment.</summary>
    internal const int FruitlessPauseMs = 5;

    /// <summary>Milliseconds a loop blocks at most when nothing else is said.</summary>
    public const int IdleTimeoutMs = 100;

    /// <summary>Frames waiting in a <see cref="MemoryPort"/> when nothing else is said.</summary>
    public const int MemoryPortFrames = 4096;

    /// <summary>Sent frames that a <see cref="MemoryPort"/> keeps until they are taken.</summary>
    public const int MemoryPortSentFrames = 262_144;
}
