// A network interface as a port, through SharpPcap and libpcap. PortLoop receives and sends;
// LiveInterface looks after the interface, which may go away and come back meanwhile. SharpPcap
// opens and configures; frames move through libpcap's own dispatch and sendmmsg, because those
// allocate nothing and take a burst at a time (RAWIO.md sections 1.1 and 8.2).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>
/// A port on a network interface. It is told nothing of unfinished checksums (<see
/// cref="OffloadSupport.ByValue"/>) and gives super-frames as they come. To be disposed after the
/// loops that use it have stopped.
/// </summary>
public sealed unsafe class LivePort : IPacketPort
{
    private readonly FrameArena _arena = new();
    private readonly LiveInterface _interface;

    // Written by: receiving loop. Read by: any.
    private long _receivedFrames;
    private long _receivedBytes;

    // Written by: any loop, interlocked. Read by: any.
    private long _sentFrames;
    private long _sentBytes;
    private long _sendFailures;

    private LivePort(LiveInterface openInterface) => _interface = openInterface;

    /// <inheritdoc/>
    public int Id => _interface.PortId;

    /// <inheritdoc/>
    public string Name => _interface.Name;

    /// <inheritdoc/>
    public MacAddress HardwareAddress => _interface.HardwareAddress;

    /// <inheritdoc/>
    public int Mtu => _interface.Mtu;

    /// <inheritdoc/>
    public OffloadSupport Offloads => OffloadSupport.ByValue;

    /// <inheritdoc/>
    public bool IsUp => _interface.IsUp;

    /// <inheritdoc/>
    public int PollDescriptor
    {
        get
        {
            LiveHandle? handle = _interface.Handle;
            return handle is null || handle.Failure is not null ? -1 : handle.Descriptor;
        }
    }

    /// <summary>
    /// Opens the port; false with a one-line problem and an exit code. An interface that is down is
    /// opened and waits. The port notices changes of its interface when a <see
    /// cref="PortSupervisor"/> watches it.
    /// </summary>
    public static bool TryOpen(
        LivePortOptions options,
        Action<PortEvent> report,
        out LivePort? port,
        out PortProblem? problem)
    {
        port = LiveInterface.TryOpen(options, report, out LiveInterface? openInterface, out problem)
            ? new LivePort(openInterface!)
            : null;
        return port is not null;
    }

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        burst.Count = 0;
        LiveHandle? handle = _interface.Handle;
        if (handle is null || handle.Failure is not null || !handle.TryAcquire()) return 0;
        long bytes;
        fixed (FrameDescriptor* frames = burst.Frames)
        {
            BurstWriter writer = _arena.Begin(frames);
            int status = LibPcap.pcap_dispatch(
                handle.Pcap, Limits.BurstFrames, &OnFrame, (nint)(&writer));
            if (status < 0) handle.NoteFailure();
            burst.Count = writer.Count;
            bytes = writer.Bytes;
        }
        handle.Release();
        Volatile.Write(ref _receivedFrames, _receivedFrames + burst.Count);
        Volatile.Write(ref _receivedBytes, _receivedBytes + bytes);
        return burst.Count;
    }

    /// <inheritdoc/>
    public void Release(FrameBurst burst)
    {
        // The frames are copies in this port's arena, which the next Receive begins anew.
    }

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = 0;
        LiveHandle? handle = _interface.Handle;
        if (handle is not null && handle.TryAcquire())
        {
            sent = FrameSender.Send(handle.Descriptor, frames, out long bytes);
            handle.Release();
            Interlocked.Add(ref _sentFrames, sent);
            Interlocked.Add(ref _sentBytes, bytes);
        }
        else
        {
            foreach (ref FrameDescriptor frame in frames) frame.Failed = true;
        }
        if (sent < frames.Length) Interlocked.Add(ref _sendFailures, frames.Length - sent);
        return sent;
    }

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => new(
        Volatile.Read(ref _receivedFrames),
        Volatile.Read(ref _receivedBytes),
        Interlocked.Read(ref _sentFrames),
        Interlocked.Read(ref _sentBytes),
        Interlocked.Read(ref _sendFailures),
        _interface.ReadKernelDrops());

    /// <summary>Closes the interface and restores its settings; stops being watched.</summary>
    public void Dispose() => _interface.Dispose();

    /// <summary>Looks at the interface and acts on what changed. Called by
    /// PortSupervisor.</summary>
    internal void Supervise(long nowMs) => _interface.Supervise(nowMs);

    // libpcap's callback. It must not throw: an exception that crosses libpcap ends the process.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFrame(nint user, byte* header, byte* data)
    {
        var writer = (BurstWriter*)user;
        var frame = (PcapFrameHeader*)header;
        if (!writer->HasRoom) return;
        writer->Add(data, (int)frame->CapturedLength, (int)frame->WireLength);
    }
}
