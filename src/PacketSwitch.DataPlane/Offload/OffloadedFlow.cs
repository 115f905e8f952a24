// One direction of a session as a FlowOffload must know it. Made by OffloadKeeper from the entry,
// whose finished rewrite it repeats in plain fields.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Which frames, and what becomes of them.</summary>
public readonly record struct OffloadedFlow
{
    /// <summary>False for a direction that the switch does not see (DSR).</summary>
    public bool IsPresent { get; init; }

    /// <summary>Addresses and ports of the frames that come in.</summary>
    public OffloadedEnds Ends { get; init; }

    /// <summary>Those of the frames that leave; the same when only the MACs change.</summary>
    public OffloadedEnds NewEnds { get; init; }

    /// <summary>Number of the switch port that frames come in on.</summary>
    public int IngressPort { get; init; }

    /// <summary>Number of the switch port that they leave on.</summary>
    public int EgressPort { get; init; }

    /// <summary>The longest frame that the egress takes, Ethernet header included.</summary>
    public int MaxFrameBytes { get; init; }

    /// <summary>The MAC that frames must come from; zero takes any. A client that moves is the
    /// loops' business.</summary>
    public MacAddress SourceMac { get; init; }

    public MacAddress NewDestinationMac { get; init; }
    public MacAddress NewSourceMac { get; init; }

    /// <summary>End of the TCP sequence numbers sent so far; the highest
    /// acknowledgement.</summary>
    public uint SequenceEnd { get; init; }
    public uint Acknowledged { get; init; }
}

/// <summary>Addresses and ports of a TCP frame.</summary>
public readonly record struct OffloadedEnds(
    IpAddress Source, IpAddress Destination, ushort SourcePort, ushort DestinationPort);

/// <summary>What was carried since the last look, and the last numbers seen.</summary>
/// <param name="Frames">Frames received.</param>
/// <param name="Bytes">Their octets.</param>
/// <param name="Failed">Those of them that could not be sent.</param>
/// <param name="SequenceEnd">The highest end of sequence numbers.</param>
/// <param name="Acknowledged">The highest acknowledgement.</param>
/// <param name="Window">The window field with it, unscaled.</param>
public readonly record struct OffloadTally(
    long Frames, long Bytes, long Failed, uint SequenceEnd, uint Acknowledged, uint Window);
