// An interface opened through packet rings: one socket for each loop that receives on it. Owned by LiveInterface, used
// by RingPort.

namespace PacketSwitch.PacketIo;

/// <summary>One opening of an interface through the kernel's packet ring.</summary>
internal sealed class RingHandle : PortHandle
{
    private readonly RingSocket[] _sockets;
    private readonly LivePortOptions _options;
    private readonly int _opening;

    private RingHandle(
        int interfaceIndex, RingSocket[] sockets, LivePortOptions options, int opening)
        : base(interfaceIndex)
    {
        _sockets = sockets;
        _options = options;
        _opening = opening;
    }

    public override int Descriptor => _sockets[0].Descriptor;

    /// <summary>The socket of a lane; valid like <see cref="Descriptor"/>.</summary>
    public RingSocket Socket(int lane) => _sockets[lane];

    /// <summary>Opens an interface; null with a line that says why.</summary>
    public static RingHandle? Open(
        int interfaceIndex, LivePortOptions options, int mtu, out string? why)
    {
        why = null;
        int lanes = options.Lanes, group = -1;
        var sockets = new List<RingSocket>(lanes);
        for (int lane = 0; lane < lanes && why is null; lane++)
        {
            RingSocket? socket = RingSocket.Open(interfaceIndex, options, mtu, out why);
            if (socket is null) break;
            sockets.Add(socket);
            if (lanes > 1) why = RingSetup.JoinFanout(socket.Descriptor, ref group);
        }
        if (why is null)
        {
            FrameSender.Prepare();
            int opening = options.Flows?.Attach(
                options.Id, interfaceIndex, sockets.Select(socket => socket.Descriptor)) ?? 0;
            return new RingHandle(interfaceIndex, [.. sockets], options, opening);
        }
        sockets.ForEach(socket => socket.Close());
        return null;
    }

    public override uint TakeKernelDrops()
    {
        uint lost = 0;
        foreach (RingSocket socket in _sockets) lost += socket.TakeLost();
        return lost;
    }

    protected override void Close()
    {
        _options.Flows?.Detach(_options.Id, _opening);
        foreach (RingSocket socket in _sockets) socket.Close();
    }
}
