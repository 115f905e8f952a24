// What a FaultyPort does to frames, and how often.

namespace PacketSwitch.PacketIo;

/// <summary>The share of received frames, from 0 to 1, that each fault befalls.</summary>
public sealed record FaultRates
{
    /// <summary>The frame is lost.</summary>
    public double Drop { get; init; }

    /// <summary>The frame comes twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>The frame comes after the one behind it.</summary>
    public double Reorder { get; init; }

    /// <summary>One bit of the frame is wrong: the likeliest error, and the hardest to
    /// see.</summary>
    public double FlipBit { get; init; }

    /// <summary>The end of the frame is missing.</summary>
    public double Truncate { get; init; }
}
