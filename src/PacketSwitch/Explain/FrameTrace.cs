// Everything known of one frame on its way through the switch: its bytes, the steps, the verdict, and what was sent because of it. Filled by
// StepRecorder; read by explain, the annotated capture and the comparison of a replay.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Explain;

/// <summary>A received frame and what became of it.</summary>
internal sealed class FrameTrace(long number, byte[] bytes, int wireLength, long timeNs, in FrameInfo first)
{
    /// <summary>Its number among those that entered, from 1.</summary>
    public long Number { get; } = number;

    /// <summary>Its bytes as they entered.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>The bytes it had on the wire.</summary>
    public int WireLength { get; } = wireLength;

    /// <summary>When it entered.</summary>
    public long TimeNs { get; } = timeNs;

    /// <summary>What Classifier found.</summary>
    public FrameInfo First { get; } = first;

    /// <summary>How it ended.</summary>
    public FrameInfo Info { get; set; } = first;

    public bool IsDecided { get; set; }

    /// <summary>It waited, for a neighbour or for the first fragment of its datagram.</summary>
    public bool Waited { get; set; }

    public List<TraceStep> Steps { get; } = [];

    /// <summary>Its copies that left.</summary>
    public List<RecordedFrame> Copies { get; } = [];

    /// <summary>Frames that the switch made because of it: resets, ICMP errors.</summary>
    public List<RecordedFrame> Answers { get; } = [];
}

/// <summary>A frame at a port, in either direction, in the order in which they came and went.</summary>
/// <param name="IsInbound">It entered.</param>
/// <param name="Port">Index of the port.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="WireLength">The bytes it had on the wire.</param>
/// <param name="TimeNs">When it entered or left.</param>
/// <param name="Trace">The frame that it is, or that it was sent because of; null when the switch made it by itself.</param>
/// <param name="IsCopy">A copy of the frame, and not an answer to it.</param>
internal sealed record RecordedFrame(
    bool IsInbound, int Port, byte[] Bytes, int WireLength, long TimeNs, FrameTrace? Trace, bool IsCopy);
