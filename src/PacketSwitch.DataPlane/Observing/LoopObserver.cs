// The place of a loop where it can be watched. Asked once per pass whether anybody watches; where
// nobody does, a burst costs a test of a field and nothing else (observe, capture; DataPlane's
// README). Used by PortLoop and Egress, on the loop's thread.

namespace PacketSwitch.DataPlane;

/// <summary>Hands bursts to the watches of a loop.</summary>
public sealed class LoopObserver
{
    private readonly FrameDescriptor[] _received = new FrameDescriptor[Limits.BurstFrames];
    private readonly ulong[] _byVerdict = new ulong[(int)Verdict.Held + 1];
    private FrameWatch[] _watches = [];
    private int _port;

    /// <summary>Who watches; set by others.</summary>
    public WatchCell Cell { get; } = new();

    /// <summary>True when somebody watches this pass.</summary>
    public bool IsOn { get; private set; }

    /// <summary>True when a watch wants to see frames that pass, all of them.</summary>
    public bool WantsPassing { get; private set; }

    /// <summary>A pass begins.</summary>
    public void BeginPass(long nowNs)
    {
        _watches = Cell.Current;
        IsOn = _watches.Length > 0;
        WantsPassing = false;
        foreach (FrameWatch watch in _watches)
        {
            watch.BeginPass(nowNs);
            WantsPassing |= watch.Rule.WantsPassing;
        }
    }

    /// <summary>The burst has been classified; its bytes are still those received.</summary>
    public void Entered(FrameBurst burst, int port)
    {
        _port = port;
        burst.Frames.AsSpan(0, burst.Count).CopyTo(_received);
        foreach (FrameWatch watch in _watches)
        {
            watch.Entered(burst, port);
        }
    }

    /// <summary>Frames have been given to a port, which has marked those that failed.</summary>
    public void Sent(int port, Span<FrameDescriptor> frames)
    {
        foreach (FrameWatch watch in _watches)
        {
            watch.Sent(port, frames);
        }
    }

    /// <summary>Every frame of the burst is decided, and what is to leave has left.</summary>
    public void Decided(FrameBurst burst)
    {
        // Looked at once for all watches: a bit of each frame, by its verdict.
        Array.Clear(_byVerdict);
        for (int i = 0; i < burst.Count; i++)
        {
            _byVerdict[(int)burst.Infos[i].Verdict] |= 1UL << i;
        }
        foreach (FrameWatch watch in _watches)
        {
            watch.Decided(burst, _port, _received, _byVerdict);
        }
    }

    /// <summary>A pass ends.</summary>
    public void EndPass()
    {
        foreach (FrameWatch watch in _watches)
        {
            watch.EndPass();
        }
    }
}
