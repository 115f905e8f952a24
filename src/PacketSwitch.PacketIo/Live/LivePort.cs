// A network interface as a port, through SharpPcap and libpcap. PortLoop receives and sends;
// LiveInterface looks after the interface, which may go away and come back meanwhile. SharpPcap
// opens and configures; frames move through libpcap's own dispatch and sendmmsg, because those
// allocate nothing and take a burst at a time (RAWIO.md sections 1.1 and 8.2).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>
/// A port on a network interface through libpcap. It is told nothing of unfinished checksums (<see
/// cref="OffloadSupport.ByValue"/>) and gives super-frames as they come.
/// </summary>
public sealed unsafe class LivePort : InterfacePort
{
    private readonly FrameArena _arena = new();

    // Written by: receiving loop. Read by: any.
    private long _receivedFrames;
    private long _receivedBytes;

    private LivePort(LiveInterface openInterface)
        : base(openInterface)
    {
    }

    /// <inheritdoc/>
    public override OffloadSupport Offloads => OffloadSupport.ByValue;

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
        bool opened = LiveInterface.TryOpen(
            PcapBackend.Instance, options, report, out LiveInterface? openInterface, out problem);
        port = opened ? new LivePort(openInterface!) : null;
        return opened;
    }

    /// <inheritdoc/>
    public override int Receive(FrameBurst burst)
    {
        burst.Count = 0;
        var handle = (PcapHandle?)Interface.Handle;
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
    public override void Release(FrameBurst burst)
    {
        // The frames are copies in this port's arena, which the next Receive begins anew.
    }

    private protected override void ReadReceived(out long frames, out long bytes)
    {
        frames = Volatile.Read(ref _receivedFrames);
        bytes = Volatile.Read(ref _receivedBytes);
    }

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
