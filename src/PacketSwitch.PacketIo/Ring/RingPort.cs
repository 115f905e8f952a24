// A network interface as a port, through the kernel's packet ring with a virtio header before each frame. Frames are
// rewritten where the kernel put them and sent from there; unfinished checksums and super-frames pass with their
// metadata and cost one rewrite each (RAWIO.md sections 4.3, 5 and 8.3). PortLoop receives and sends; LiveInterface
// looks after the interface.

using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>
/// A port on a network interface through a packet ring. It passes offload metadata on (<see
/// cref="OffloadSupport.Metadata"/>). With several lanes several loops receive on it, each a share
/// of the flows.
/// </summary>
public sealed class RingPort : InterfacePort
{
    private readonly RingReceiver[] _receivers;

    private RingPort(LiveInterface openInterface, int lanes, OffloadedPort? offloaded)
        : base(openInterface, offloaded)
    {
        _receivers = new RingReceiver[lanes];
        for (int i = 0; i < lanes; i++) _receivers[i] = new RingReceiver(openInterface, i);
    }

    /// <inheritdoc/>
    public override OffloadSupport Offloads => OffloadSupport.Metadata;

    /// <inheritdoc/>
    public override int PollDescriptor => _receivers[0].PollDescriptor;

    /// <summary>How many loops may receive on it.</summary>
    public int Lanes => _receivers.Length;

    /// <summary>
    /// Opens the port; false with a one-line problem and an exit code. An interface that is down is
    /// opened and waits. The port notices changes of its interface when a <see
    /// cref="PortSupervisor"/> watches it.
    /// </summary>
    public static bool TryOpen(
        LivePortOptions options,
        Action<PortEvent> report,
        out RingPort? port,
        out PortProblem? problem)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Lanes);
        bool opened = LiveInterface.TryOpen(
            RingBackend.Instance, options, report, out LiveInterface? openInterface, out problem);
        port = opened ? new RingPort(
            openInterface!, options.Lanes, options.Flows?.Port(options.Id)) : null;
        return opened;
    }

    /// <summary>The port as the loop of a lane sees it; lane 0 is the port itself.</summary>
    public IPacketPort Lane(int lane) => lane == 0 ? this : new RingLane(this, _receivers[lane]);

    /// <inheritdoc/>
    public override int Receive(FrameBurst burst) => _receivers[0].Receive(burst);

    /// <inheritdoc/>
    public override void Release(FrameBurst burst) => _receivers[0].Release();

    private protected override void ReadReceived(out long frames, out long bytes)
    {
        frames = bytes = 0;
        foreach (RingReceiver receiver in _receivers)
        {
            frames += receiver.Frames;
            bytes += receiver.Bytes;
        }
    }
}
