// A frame as a watch saw it: the bytes at one moment, and what became of it. A slot of an
// ObservationRing: filled by a loop, read by whoever watches, then filled again.

namespace PacketSwitch.DataPlane;

/// <summary>Which moment of a frame is seen.</summary>
public enum ObservationKind : byte
{
    /// <summary>As it was received, before anything was rewritten.</summary>
    Received,

    /// <summary>As it left on a port; one for each copy.</summary>
    Sent,

    /// <summary>Made by the switch itself, as it left.</summary>
    Originated,
}

/// <summary>One observed frame. Its first <see cref="Length"/> bytes are valid.</summary>
public sealed class Observation(int snapBytes)
{
    public ObservationKind Kind;

    /// <summary>Index of the port it came in on, or left on.</summary>
    public byte Port;

    /// <summary>It waited for a neighbour or a first fragment before.</summary>
    public bool HasWaited;

    /// <summary>Bytes kept of the frame.</summary>
    public int Length;

    /// <summary>Bytes the frame had on the wire.</summary>
    public int WireLength;

    /// <summary>The loop's time of the pass.</summary>
    public long TimeNs;

    /// <summary>What Classifier found, and how the frame ended. Unset when originated.</summary>
    public FrameInfo First;
    public FrameInfo Info;

    /// <summary>Its index in its burst; the loop's own, as <see cref="IsKept"/> is.</summary>
    internal int BurstIndex;

    /// <summary>False gives the slot back.</summary>
    internal bool IsKept;

    /// <summary>Room for the longest that is kept.</summary>
    internal byte[] Memory { get; } = GC.AllocateUninitializedArray<byte>(snapBytes);

    /// <summary>The bytes that were kept.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.AsSpan(0, Length);

    /// <summary>Copies so many bytes of a frame as there is room for, at most
    /// <paramref name="most"/>.</summary>
    internal void Copy(in FrameDescriptor frame, int most = int.MaxValue)
    {
        Length = Math.Min(frame.Length, Memory.Length);
        WireLength = Math.Max(frame.WireLength, frame.Length);
        int copied = Math.Min(Length, most);
        frame.Span[..copied].CopyTo(Memory);
    }

    /// <summary>Copies what stands behind the first bytes, which have been copied.</summary>
    internal void CopyRest(in FrameDescriptor frame, int from)
    {
        if (Length > from)
        {
            frame.Span[from..Length].CopyTo(Memory.AsSpan(from));
        }
    }
}
