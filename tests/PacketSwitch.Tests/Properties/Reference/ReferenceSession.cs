// A session as ReferenceSwitch remembers it.

namespace PacketSwitch.Tests.Properties.Reference;

/// <summary>How far a connection is; the order counts.</summary>
internal enum ReferenceStage
{
    Udp,
    HalfOpen,
    SynReceived,
    Established,
    Closing,
    Closed,
}

/// <summary>One session.</summary>
internal sealed class ReferenceSession
{
    /// <summary>The client's first frame, which says who it is and what it asked for.</summary>
    public required PlainFrame Asked { get; init; }

    /// <summary>The same as it reached the real server.</summary>
    public required PlainFrame Reached { get; init; }

    public required int Real { get; init; }
    public required bool IsDirectReturn { get; init; }
    public required bool TellsAtEnd { get; init; }
    public required int IdleSeconds { get; init; }

    public ReferenceStage Stage { get; set; }
    public int TimeoutSeconds { get; set; }
    public int LastSeen { get; set; }
    public bool HasClientFin { get; set; }
    public bool HasServerFin { get; set; }
    public bool ServerHasSpoken { get; set; }

    // What each side has sent and acknowledged: numbers of the next byte.
    public uint ClientNext { get; set; }
    public uint ClientAcknowledged { get; set; }
    public uint ServerNext { get; set; }
    public uint ServerAcknowledged { get; set; }

    /// <summary>Both sides get a RST when it ends by age or failure.</summary>
    public bool IsToldOfItsEnd
        => TellsAtEnd && Stage is > ReferenceStage.HalfOpen and < ReferenceStage.Closed;

    /// <summary>By what its client's frames are known.</summary>
    public static string ClientKey(PlainFrame frame)
        => $"{frame.Protocol} {frame.Source} {frame.SourcePort} {frame.Target} {frame.TargetPort}";

    /// <summary>
    /// By what the server's frames are known: the client's frame that reached it, the other way
    /// round.
    /// </summary>
    public static string ServerKey(PlainFrame reached)
        => $"{reached.Protocol} {reached.Target} {reached.TargetPort} "
            + $"{reached.Source} {reached.SourcePort}";
}
