// Watches what becomes of frames. A struct type argument of PortLoop, Forwarder and SlowPath: the empty one costs nothing in the data
// path, because the compiler knows both flags and removes every call (ARCHITECTURE section 9). Steps are told where the real code takes
// them, so that an explanation can never differ from what is done.

namespace PacketSwitch.DataPlane;

/// <summary>Told of every frame's final verdict and, if it wants, of the steps that led to it.</summary>
public interface IFrameTracer
{
    /// <summary>False lets the compiler remove every call.</summary>
    static abstract bool IsEnabled { get; }

    /// <summary>True for a tracer that is told of the steps too: of everything but <see cref="Decided"/>.</summary>
    static virtual bool SeesSteps => false;

    /// <summary>The frame is decided, or waits (<see cref="Verdict.Held"/>); a waiting frame is told of again later, with the same number.</summary>
    void Decided(in FrameInfo info);

    /// <summary>The frame has been read and is about to be decided; its bytes are still those received. The steps that follow are its own.</summary>
    void Begins(in FrameDescriptor frame, in FrameInfo info)
    {
    }

    /// <summary>The session table was asked.</summary>
    /// <param name="flow">The flow that was found, or -1.</param>
    /// <param name="sessions">Sessions in the table.</param>
    void LookedUp(int flow, int sessions)
    {
    }

    /// <summary>The destination is a virtual server's; <paramref name="service"/> is null when it has none on this port.</summary>
    void Matched(VirtualServer virt, VirtualService? service)
    {
    }

    /// <summary>The service binds clients; <paramref name="real"/> is the server that this one is bound to and may have now, or null.</summary>
    void AskedBinding(VirtualService service, RealServer? real)
    {
    }

    /// <summary>A group was asked for a server.</summary>
    /// <param name="group">The group.</param>
    /// <param name="pick">What its metric looked at.</param>
    /// <param name="marks">Who could not be picked for this session, by place.</param>
    /// <param name="member">The place that was picked, or -1.</param>
    void Picked(ServerGroup group, in PickContext pick, ReadOnlySpan<MemberMark> marks, int member)
    {
    }

    /// <summary>The server was to get the session.</summary>
    void Opened(RealServer real, SessionOpening opening)
    {
    }
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
