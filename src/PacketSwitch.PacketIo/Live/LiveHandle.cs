// An open capture handle that several threads use and one replaces. Owned by LivePort.
//
// Why no thread ever uses a freed handle: the count of users begins at 1 for the port itself. A
// loop enters with TryAcquire, which raises the count only while it is above 0 (compare-and-swap),
// and leaves with Release. The handle is closed by whoever brings the count to 0, and from 0 it
// never rises. So between a successful TryAcquire and its Release the count is at least 1 and the
// handle is open; a loop that read the port's reference just before it was replaced either still
// gets in, and then the close waits for it, or is refused. Each of these steps is an interlocked
// operation and thus a full fence: what the loop did with the handle is done before the close. The
// object itself is the garbage collector's, so a stale reference to it is harmless.

using System.Runtime.InteropServices;
using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace PacketSwitch.PacketIo;

/// <summary>One opening of an interface through SharpPcap, for both directions.</summary>
internal sealed unsafe class LiveHandle
{
    private readonly LibPcapLiveDevice _device;
    private int _users = 1;
    private uint _droppedRead;
    private volatile string? _failure;

    private LiveHandle(LibPcapLiveDevice device, int interfaceIndex, int snapBytes)
    {
        _device = device;
        InterfaceIndex = interfaceIndex;
        SnapBytes = snapBytes;
        Pcap = device.Handle.DangerousGetHandle();
        Descriptor = LibPcap.pcap_get_selectable_fd(Pcap);
    }

    /// <summary>The interface it was opened on; the name may since belong to another one.</summary>
    public int InterfaceIndex { get; }

    /// <summary>Longer frames are cut.</summary>
    public int SnapBytes { get; }

    /// <summary>libpcap's handle; valid between <see cref="TryAcquire"/> and <see
    /// cref="Release"/>.</summary>
    public nint Pcap { get; }

    /// <summary>The packet socket; valid like <see cref="Pcap"/>.</summary>
    public int Descriptor { get; }

    /// <summary>Why receiving failed; null while it works. Written by: receiving loop. Read by:
    /// any.</summary>
    public string? Failure => _failure;

    /// <summary>Opens an interface: promiscuous, immediate, inbound frames only, never
    /// blocking.</summary>
    /// <returns>The handle, or null with a line that says why.</returns>
    public static LiveHandle? Open(
        string name, int interfaceIndex, int snapBytes, int bufferBytes, out string? why)
    {
        LibPcapLiveDevice? device = null;
        try
        {
            device = LibPcapLiveDeviceList.New().FirstOrDefault(found => found.Name == name);
            if (device is null)
            {
                why = "libpcap does not list it";
                return null;
            }
            device.Open(new DeviceConfiguration
            {
                Mode = DeviceModes.Promiscuous,
                Immediate = true,
                Snaplen = snapBytes,
                BufferSize = bufferBytes,
            });
            if (device.LinkType != LinkLayers.Ethernet)
            {
                why = "it is not an Ethernet interface";
                device.Dispose();
                return null;
            }
            device.NonBlockingMode = true;
            var handle = new LiveHandle(device, interfaceIndex, snapBytes);
            handle.ReceiveInboundOnly();
            FrameSender.Prepare();
            why = null;
            return handle;
        }
        catch (Exception error) when (error is PcapException or InvalidOperationException)
        {
            why = error.Message.ReplaceLineEndings(" ").Trim();
            device?.Dispose();
            return null;
        }
    }

    /// <summary>Keeps the handle open until <see cref="Release"/>; false when it is closed
    /// already.</summary>
    public bool TryAcquire()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }
        return false;
    }

    /// <summary>Gives up one use; the last one closes the handle.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) _device.Dispose();
    }

    /// <summary>Notes that receiving failed, with libpcap's text; the supervisor opens a new
    /// handle.</summary>
    public void NoteFailure()
    {
        if (_failure is not null) return;
        string? text = Marshal.PtrToStringUTF8((nint)LibPcap.pcap_geterr(Pcap));
        _failure = string.IsNullOrEmpty(text) ? "libpcap gives no reason" : text;
    }

    /// <summary>
    /// Frames the kernel dropped for want of room since the last call. libpcap counts modulo 2^32.
    /// Called under the port's lock.
    /// </summary>
    public uint TakeKernelDrops()
    {
        PcapStatistics statistics;
        if (LibPcap.pcap_stats(Pcap, &statistics) != 0) return 0;
        uint drops = unchecked(statistics.Dropped - _droppedRead);
        _droppedRead = statistics.Dropped;
        return drops;
    }

    // The kernel keeps outgoing frames away before it copies them; libpcap sorts out those that
    // came before that was set, and all of them on a kernel before 4.20. The filter "inbound" would
    // do too, but loses the first frame after it is set: libpcap 1.10 runs it once more itself, and
    // its own interpreter cannot.
    private void ReceiveInboundOnly()
    {
        _ = LibPcap.pcap_setdirection(Pcap, LibPcap.DirectionIn);
        int on = 1;
        _ = LibC.setsockopt(
            Descriptor, LibC.PacketLevel, LibC.PacketIgnoreOutgoing, &on, sizeof(int));
    }
}
