// The receiving side of one lane of a RingPort. Used by the lane's loop; the counters by any thread.

using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>
/// Receives bursts whose frames stay in the ring until they are released. From Receive to Release
/// the handle is held, so that the memory of a burst stays mapped whatever becomes of the
/// interface.
/// </summary>
internal sealed unsafe class RingReceiver(LiveInterface source, int lane)
{
    private readonly LongFrames _longFrames = new();
    private RingHandle? _held;

    // Written by: receiving loop. Read by: any.
    private long _frames;
    private long _bytes;

    public long Frames => Volatile.Read(ref _frames);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The socket to wait on, without a stale error that would wake at once; -1 when there
    /// is none.</summary>
    public int PollDescriptor
    {
        get
        {
            var handle = (RingHandle?)source.Handle;
            if (handle is null || handle.Failure is not null || !handle.TryAcquire()) return -1;
            RingSocket socket = handle.Socket(lane);
            int descriptor = socket.Descriptor;
            socket.ClearError();
            handle.Release();
            return descriptor;
        }
    }

    public int Receive(FrameBurst burst)
    {
        if (_held is not null) Release();
        burst.Count = 0;
        var handle = (RingHandle?)source.Handle;
        if (handle is null || handle.Failure is not null || !handle.TryAcquire()) return 0;
        int count;
        long bytes = 0;
        fixed (FrameDescriptor* frames = burst.Frames)
        {
            count = handle.Socket(lane).Read(frames, _longFrames, out string? problem);
            if (problem is not null) handle.NoteFailure(problem);
            for (int i = 0; i < count; i++) bytes += frames[i].Length;
        }
        if (count == 0)
        {
            handle.Release();
            return 0;
        }
        _held = handle;
        burst.Count = count;
        Volatile.Write(ref _frames, _frames + count);
        Volatile.Write(ref _bytes, _bytes + bytes);
        return count;
    }

    public void Release()
    {
        RingHandle? handle = _held;
        if (handle is null) return;
        _held = null;
        handle.Socket(lane).HandBack();
        handle.Release();
    }
}
