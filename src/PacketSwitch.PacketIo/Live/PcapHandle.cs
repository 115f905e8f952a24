// An interface opened through SharpPcap. Owned by LiveInterface, used by LivePort.

using System.Runtime.InteropServices;
using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace PacketSwitch.PacketIo;

/// <summary>One opening of an interface through libpcap, for both directions.</summary>
internal sealed unsafe class PcapHandle : PortHandle
{
    private readonly LibPcapLiveDevice _device;
    private uint _droppedRead;

    private PcapHandle(LibPcapLiveDevice device, int interfaceIndex, int snapBytes)
        : base(interfaceIndex)
    {
        _device = device;
        SnapBytes = snapBytes;
        Pcap = device.Handle.DangerousGetHandle();
        Descriptor = LibPcap.pcap_get_selectable_fd(Pcap);
    }

    /// <summary>Longer frames are cut.</summary>
    public int SnapBytes { get; }

    /// <summary>libpcap's handle; valid like <see cref="Descriptor"/>.</summary>
    public nint Pcap { get; }

    public override int Descriptor { get; }

    /// <summary>Opens an interface: promiscuous, immediate, inbound frames only, never
    /// blocking.</summary>
    /// <returns>The handle, or null with a line that says why.</returns>
    public static PcapHandle? Open(
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
                why = PortBackend.NotEthernet;
                device.Dispose();
                return null;
            }
            device.NonBlockingMode = true;
            var handle = new PcapHandle(device, interfaceIndex, snapBytes);
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

    /// <summary>Notes that receiving failed, with libpcap's text.</summary>
    public void NoteFailure()
    {
        string? text = Marshal.PtrToStringUTF8((nint)LibPcap.pcap_geterr(Pcap));
        NoteFailure(string.IsNullOrEmpty(text) ? "libpcap gives no reason" : text);
    }

    // libpcap counts modulo 2^32.
    public override uint TakeKernelDrops()
    {
        PcapStatistics statistics;
        if (LibPcap.pcap_stats(Pcap, &statistics) != 0) return 0;
        uint drops = unchecked(statistics.Dropped - _droppedRead);
        _droppedRead = statistics.Dropped;
        return drops;
    }

    protected override void Close() => _device.Dispose();

    // The kernel keeps outgoing frames away before it copies them; libpcap sorts out those that
    // came before that was set, and all of them on a kernel before 4.20. The filter "inbound" would
    // do too, but loses the first frame after it is set: libpcap 1.10 runs it once more itself, and
    // its own interpreter cannot.
    private void ReceiveInboundOnly()
    {
        _ = LibPcap.pcap_setdirection(Pcap, LibPcap.DirectionIn);
        int on = 1;
        _ = LibC.setsockopt(
            Descriptor, PacketSocket.Level, PacketSocket.IgnoreOutgoing, &on, sizeof(int));
    }
}
