// What every port on a network interface does alike, whichever way its frames are read: it tells what its interface
// is, sends through a packet socket and counts. LivePort and RingPort add how frames are received.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A port on a network interface that may go away and come back. To be disposed after the
/// loops that use it have stopped.</summary>
public abstract class InterfacePort : IPacketPort
{
    // Written by: any loop, interlocked. Read by: any.
    private long _sentFrames;
    private long _sentBytes;
    private long _sendFailures;

    private readonly OffloadedPort? _offloaded;

    private protected InterfacePort(
        LiveInterface openInterface, OffloadedPort? offloaded = null)
    {
        Interface = openInterface;
        _offloaded = offloaded;
    }

    /// <inheritdoc/>
    public int Id => Interface.PortId;

    /// <inheritdoc/>
    public string Name => Interface.Name;

    /// <inheritdoc/>
    public MacAddress HardwareAddress => Interface.HardwareAddress;

    /// <inheritdoc/>
    public int Mtu => Interface.Mtu;

    /// <inheritdoc/>
    public abstract OffloadSupport Offloads { get; }

    /// <inheritdoc/>
    public bool IsUp => Interface.IsUp;

    /// <inheritdoc/>
    public virtual int PollDescriptor
    {
        get
        {
            PortHandle? handle = Interface.Handle;
            return handle is null || handle.Failure is not null ? -1 : handle.Descriptor;
        }
    }

    /// <summary>The interface behind the port; the supervisor looks after it.</summary>
    internal LiveInterface Interface { get; }

    /// <inheritdoc/>
    public abstract int Receive(FrameBurst burst);

    /// <inheritdoc/>
    public abstract void Release(FrameBurst burst);

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = 0;
        PortHandle? handle = Interface.Handle;
        if (handle is not null && handle.TryAcquire())
        {
            sent = FrameSender.Send(
                handle.Descriptor, frames, Offloads == OffloadSupport.Metadata, out long bytes);
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
    public PortStatistics ReadStatistics()
    {
        ReadReceived(out long frames, out long bytes);
        return new PortStatistics(
            frames + (_offloaded?.ReceivedFrames ?? 0),
            bytes + (_offloaded?.ReceivedBytes ?? 0),
            Interlocked.Read(ref _sentFrames) + (_offloaded?.SentFrames ?? 0),
            Interlocked.Read(ref _sentBytes) + (_offloaded?.SentBytes ?? 0),
            Interlocked.Read(ref _sendFailures),
            Interface.ReadKernelDrops());
    }

    /// <summary>Closes the interface and restores its settings; stops being watched.</summary>
    public void Dispose()
    {
        Interface.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void ReadReceived(out long frames, out long bytes);
}
