// A port as KernelFlows knows it: the interface it is on now, the link that holds the program
// there, and what the kernel has forwarded for it. Attached and detached under KernelFlows' lock;
// the counters may be read by any thread.

namespace PacketSwitch.PacketIo;

/// <summary>A port's part in the offload.</summary>
internal sealed class OffloadedPort
{
    private int _link = -1;
    private int _opening;

    // Written by: any loop, interlocked. Read by: any.
    private long _receivedFrames;
    private long _receivedBytes;
    private long _sentFrames;
    private long _sentBytes;

    public int InterfaceIndex { get; private set; } = -1;

    public bool IsAttached => _link >= 0;

    public long ReceivedFrames => Volatile.Read(ref _receivedFrames);

    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    public long SentFrames => Volatile.Read(ref _sentFrames);

    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>Returns the number of this opening of the interface, above 0.</summary>
    public int Open(int interfaceIndex)
    {
        Detach();
        InterfaceIndex = interfaceIndex;
        return ++_opening;
    }

    /// <summary>The opening takes part from now on.</summary>
    public void Attach(int link) => _link = link;

    /// <summary>Whether the opening of that number is the present one.</summary>
    public bool IsOpening(int opening) => InterfaceIndex >= 0 && opening == _opening;

    public void Detach()
    {
        if (_link >= 0) _ = LibC.close(_link);
        _link = -1;
        InterfaceIndex = -1;
    }

    public void AddReceived(long frames, long bytes)
    {
        Interlocked.Add(ref _receivedFrames, frames);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    public void AddSent(long frames, long bytes)
    {
        Interlocked.Add(ref _sentFrames, frames);
        Interlocked.Add(ref _sentBytes, bytes);
    }
}
