// The steps of one frame as the data plane told them: what was looked up, who could serve, and why
// not. Made by StepRecorder; read by Explanation. Plain data, so that it outlives the tables it was
// read from.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Explain;

/// <summary>A step on the way to a verdict.</summary>
internal abstract record TraceStep;

/// <summary>
/// The session table was asked; <paramref name="Found"/> is null when no session matched.
/// </summary>
internal sealed record SessionStep(int Sessions, FoundSession? Found) : TraceStep;

/// <summary>A session as it was before the frame.</summary>
internal sealed record FoundSession(
    int Number, bool FromClient, ushort Virt, ushort Real, TcpStage Stage, long AgeSeconds,
        long IdleSeconds,
    long TimeoutSeconds, bool IsOffloaded);

/// <summary>The destination is a virtual server's; it may have no service on the port.</summary>
internal sealed record VirtStep(VirtualServer Virt, VirtualService? Service) : TraceStep;

/// <summary>The service binds clients to servers.</summary>
internal sealed record BindingStep(VirtualService Service, RealServer? Real) : TraceStep;

/// <summary>
/// A group was asked for a server; <paramref name="Picked"/> is null when nobody could take the
/// session.
/// </summary>
internal sealed record PickStep(ushort Group, Candidate[] Candidates, Candidate? Picked)
    : TraceStep;

/// <summary>A place of a group as the metric saw it.</summary>
/// <param name="Member">Number of the configured real server.</param>
/// <param name="Server">Who serves there; null when nobody does.</param>
/// <param name="Mark">Whether it could be picked for this session.</param>
/// <param name="IsFull">It has as many sessions as it may.</param>
/// <param name="Sessions">Its sessions before this one.</param>
/// <param name="ServiceSessions">Those of this service.</param>
/// <param name="Weight">Its weight.</param>
internal sealed record Candidate(
    ushort Member, RealServer? Server, MemberMark Mark, bool IsFull, int Sessions,
        int ServiceSessions, int Weight)
{
    public bool IsPossible => Server is not null && Mark == MemberMark.Free && !IsFull;
}

/// <summary>A server was to get the session.</summary>
internal sealed record OpenStep(RealServer Real, SessionOpening Opening) : TraceStep;
