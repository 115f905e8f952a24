// A packet socket with its ring in shared memory: one receiving side of an interface. The kernel fills the slots in
// their order and gives each to us by its status word; we read them in the same order and give them back after their
// frames are sent. Owned by RingHandle; Read and HandBack are called by one loop, while it holds the handle.
//
// The status is read with acquire and written with release semantics: what the kernel wrote before it gave a slot
// away is seen, and what we read or wrote of a frame is done before the slot is the kernel's again.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>One socket, its ring, and the burst of it that is out.</summary>
internal sealed unsafe class RingSocket
{
    private const int VirtioBytes = 10;

    private readonly RingGeometry _geometry;
    private byte* _ring;
    private RingCursor _next;
    private RingCursor _firstHeld;
    private int _held;

    private RingSocket(int descriptor, byte* ring, in RingGeometry geometry)
    {
        Descriptor = descriptor;
        _geometry = geometry;
        _ring = ring;
        _next = _firstHeld = new RingCursor(ring, geometry);
    }

    // Only when a loop never gave its burst back, and nobody refers to the port any more.
    ~RingSocket() => Free();

    public int Descriptor { get; private set; }

    /// <summary>Opens a socket on an interface; null with a line that says why.</summary>
    public static RingSocket? Open(
        int interfaceIndex, LivePortOptions options, int mtu, out string? why)
    {
        int descriptor = LibC.socket(
            LibC.AddressFamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0);
        why = descriptor < 0 ? "socket: " + Marshal.GetLastPInvokeErrorMessage() : null;
        if (why is not null) return null;
        why = RingSetup.Prepare(descriptor, options, mtu, out RingGeometry geometry);
        byte* ring = null;
        if (why is null)
        {
            nint map = LibC.mmap(null, (nuint)geometry.Bytes, LibC.ProtectReadWrite,
                LibC.MapShared, descriptor, 0);
            if (map == LibC.MapFailed) why = "mmap: " + Marshal.GetLastPInvokeErrorMessage();
            else ring = (byte*)map;
        }
        var opened = new RingSocket(descriptor, ring, geometry);
        why ??= RingSetup.Bind(descriptor, interfaceIndex);
        if (why is null) return opened;
        opened.Close();
        return null;
    }

    /// <summary>
    /// Describes up to a burst of waiting frames and returns how many. They are the caller's until
    /// <see cref="HandBack"/>. The problem is not null when the socket is of no more use.
    /// </summary>
    public int Read(FrameDescriptor* frames, LongFrames longFrames, out string? problem)
    {
        int count = 0;
        problem = null;
        RingCursor next = _firstHeld = _next;
        longFrames.Begin();
        while (count < Limits.BurstFrames)
        {
            var slot = (RingFrameHeader*)next.Slot;
            uint status = Volatile.Read(ref slot->Status);
            if ((status & PacketSocket.StatusUser) == 0) break;
            if ((status & PacketSocket.StatusCopy) != 0)
            {
                longFrames.Add(slot, count);
            }
            else
            {
                byte* at = (byte*)slot + slot->FrameOffset;
                RingFrame.Describe(frames + count, count, at, (int)slot->Length,
                    *(VirtioHeader*)(at - VirtioBytes), slot, status);
            }
            next.Advance();
            count++;
        }
        _next = next;
        _held = count;
        if (longFrames.Any && !longFrames.TryFetch(Descriptor, frames, out string why))
        {
            problem = why;
        }
        return count;
    }

    /// <summary>Gives the slots of the last <see cref="Read"/> back to the kernel.</summary>
    public void HandBack()
    {
        RingCursor next = _firstHeld;
        for (; _held > 0; _held--)
        {
            Volatile.Write(ref ((RingFrameHeader*)next.Slot)->Status, PacketSocket.StatusKernel);
            next.Advance();
        }
    }

    /// <summary>Frames for which there was no room since the last call; the kernel forgets them as
    /// it tells them.</summary>
    public uint TakeLost()
    {
        RingStatistics statistics = default;
        uint length = (uint)sizeof(RingStatistics);
        int status = LibC.getsockopt(
            Descriptor, PacketSocket.Level, PacketSocket.Statistics, &statistics, &length);
        return status == 0 ? statistics.Lost : 0;
    }

    /// <summary>Takes a pending error off the socket, so that it does not wake who waits for
    /// frames.</summary>
    public void ClearError()
    {
        int error;
        uint length = sizeof(int);
        _ = LibC.getsockopt(Descriptor, LibC.SocketLevel, LibC.SocketError, &error, &length);
    }

    public void Close()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_ring is not null) _ = LibC.munmap(_ring, (nuint)_geometry.Bytes);
        _ring = null;
        if (Descriptor >= 0) _ = LibC.close(Descriptor);
        Descriptor = -1;
    }
}
