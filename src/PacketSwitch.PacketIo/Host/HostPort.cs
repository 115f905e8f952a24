// The port to the host's own TCP/IP stack: a TAP device (Documentation/networking/tuntap.rst of the kernel). It vanishes with the process, however
// that ends. The device offers no offloads, so the kernel gives whole frames with finished checksums, and gets such. Opened by HostStack.

using System.Runtime.InteropServices;
using System.Text;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A TAP device as a port. To be disposed after the loops that use it have stopped.</summary>
public sealed unsafe class HostPort : IPacketPort
{
    private const nuint SetInterface = 0x400454ca; // TUNSETIFF
    private const short Tap = 0x0002, NoPacketInformation = 0x1000;
    private const int ReadBytes = Limits.MaxFrameBytes;

    private readonly FrameArena _arena = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytes, pinned: true);
    private readonly int _mtu;
    private int _descriptor;

    // A read of an empty device costs a system call, which a busy loop would make in every pass: it
    // makes one in so many. Whoever asks for the descriptor is about to sleep, and then reads.
    private int _passesToSkip;

    // Written by: receiving loop. Read by: any.
    private long _receivedFrames;
    private long _receivedBytes;

    // Written by: any loop, interlocked. Read by: any.
    private long _sentFrames;
    private long _sentBytes;
    private long _sendFailures;

    private HostPort(int descriptor, string name, MacAddress mac, int mtu)
    {
        _descriptor = descriptor;
        Name = name;
        HardwareAddress = mac;
        _mtu = mtu;
    }

    /// <inheritdoc/>
    public int Id => Limits.HostPortId;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MacAddress HardwareAddress { get; }

    /// <inheritdoc/>
    public int Mtu => _mtu;

    /// <inheritdoc/>
    public OffloadSupport Offloads => OffloadSupport.None;

    /// <inheritdoc/>
    public bool IsUp => _descriptor >= 0;

    /// <inheritdoc/>
    public int PollDescriptor
    {
        get
        {
            _passesToSkip = 0;
            return _descriptor;
        }
    }

    /// <summary>Makes the device; null and the kernel's words where that is not permitted.</summary>
    public static HostPort? TryOpen(string name, MacAddress mac, int mtu, out string? why)
    {
        why = null;
        int descriptor = LibC.open(
            "/dev/net/tun", LibC.OpenReadWrite | LibC.OpenNonBlocking | LibC.OpenCloseOnExec);
        if (descriptor < 0)
        {
            why = $"/dev/net/tun: {Marshal.GetLastPInvokeErrorMessage()}";
            return null;
        }
        InterfaceRequest request = default;
        Encoding.ASCII.GetBytes(name, new Span<byte>(request.Name, InterfaceRequest.NameBytes - 1));
        request.Flags = Tap | NoPacketInformation;
        if (LibC.ioctl(descriptor, SetInterface, &request) != 0)
        {
            why = $"a TAP device: {Marshal.GetLastPInvokeErrorMessage()}";
            _ = LibC.close(descriptor);
            return null;
        }
        return new HostPort(descriptor, name, mac, mtu);
    }

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        burst.Count = 0;
        if (_passesToSkip > 0)
        {
            _passesToSkip--;
            return 0;
        }
        long bytes;
        fixed (FrameDescriptor* frames = burst.Frames)
        fixed (byte* buffer = _buffer)
        {
            BurstWriter writer = _arena.Begin(frames);
            while (writer.HasRoom)
            {
                nint length = LibC.read(_descriptor, buffer, ReadBytes);
                if (length <= 0)
                {
                    break;
                }
                writer.Add(buffer, (int)length, (int)length);
            }
            burst.Count = writer.Count;
            bytes = writer.Bytes;
        }
        if (burst.Count == 0)
        {
            _passesToSkip = IoLimits.HostPassesBetweenReads;
            return 0;
        }
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
        long bytes = 0;
        foreach (ref FrameDescriptor frame in frames)
        {
            frame.Failed = LibC.write(_descriptor, (void*)frame.Address, (nuint)frame.Length) != frame.Length;
            if (!frame.Failed)
            {
                sent++;
                bytes += frame.Length;
            }
        }
        Interlocked.Add(ref _sentFrames, sent);
        Interlocked.Add(ref _sentBytes, bytes);
        if (sent < frames.Length)
        {
            Interlocked.Add(ref _sendFailures, frames.Length - sent);
        }
        return sent;
    }

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => new(
        Volatile.Read(ref _receivedFrames),
        Volatile.Read(ref _receivedBytes),
        Interlocked.Read(ref _sentFrames),
        Interlocked.Read(ref _sentBytes),
        Interlocked.Read(ref _sendFailures),
        0);

    /// <inheritdoc/>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = LibC.close(descriptor);
        }
    }
}
