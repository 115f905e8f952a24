// A port that writes down every frame that comes in and goes out through it, in order, and
// otherwise is the port it wraps. Put around a port by whoever wants to see its traffic; it costs a
// lock and a copy per frame.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>Records a port's frames to a capture file. Frames that failed to be sent are left
/// out.</summary>
/// <param name="inner">The port; disposed with this one.</param>
/// <param name="writer">The file; disposed with this one.</param>
/// <param name="nowNs">The clock: nanoseconds since 1970-01-01 UTC, read once per burst.</param>
public sealed class RecordingPort(
    IPacketPort inner, CaptureFileWriter writer, Func<long> nowNs) : IPacketPort
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public int Id => inner.Id;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public MacAddress HardwareAddress => inner.HardwareAddress;

    /// <inheritdoc/>
    public int Mtu => inner.Mtu;

    /// <inheritdoc/>
    public OffloadSupport Offloads => inner.Offloads;

    /// <inheritdoc/>
    public bool IsUp => inner.IsUp;

    /// <inheritdoc/>
    public int PollDescriptor => inner.PollDescriptor;

    /// <summary>Why the recording is not whole; null while all is well.</summary>
    public PortProblem? Problem => writer.Problem;

    /// <inheritdoc/>
    public int Receive(FrameBurst burst)
    {
        int count = inner.Receive(burst);
        if (count > 0) Record(burst.Frames.AsSpan(0, count));
        return count;
    }

    /// <inheritdoc/>
    public void Release(FrameBurst burst) => inner.Release(burst);

    /// <inheritdoc/>
    public int Send(Span<FrameDescriptor> frames)
    {
        int sent = inner.Send(frames);
        if (sent > 0) Record(frames);
        return sent;
    }

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => inner.ReadStatistics();

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        lock (_gate) writer.Dispose();
    }

    private void Record(ReadOnlySpan<FrameDescriptor> frames)
    {
        long timeNs = nowNs();
        lock (_gate)
        {
            foreach (ref readonly FrameDescriptor frame in frames)
            {
                if (!frame.Failed) writer.Write(timeNs, frame.Span, frame.WireLength);
            }
        }
    }
}
