// Watches what becomes of frames. A struct type argument of PortLoop: the empty one costs nothing in the data path (ARCHITECTURE section 9).

namespace PacketSwitch.DataPlane;

/// <summary>Told of every frame's final verdict.</summary>
public interface IFrameTracer
{
    /// <summary>False lets the compiler remove every call.</summary>
    static abstract bool IsEnabled { get; }

    /// <summary>The frame is decided, or waits (<see cref="Verdict.Held"/>); a waiting frame is told of again later, with the same number.</summary>
    void Decided(in FrameInfo info);
}

/// <summary>Watches nothing.</summary>
public readonly struct NoTracer : IFrameTracer
{
    /// <inheritdoc/>
    public static bool IsEnabled => false;

    /// <inheritdoc/>
    public void Decided(in FrameInfo info)
    {
    }
}
