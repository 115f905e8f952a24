// Listens on one interface of a namespace for what comes in there, as `tcpdump -Q in` does, without
// needing tcpdump: the walk of a packet through the lab is read from four of these. Used by
// PacketWalk; it sees headers only, and keeps a bounded number.
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Lab.Stage;

internal sealed class WalkTap : IDisposable
{
    private const int SnapBytes = 128, BufferBytes = 1 << 20, MostFrames = 4096, PauseMs = 1;

    private readonly LivePort _port;
    private readonly Thread _thread;

    // Written by: the tap's thread, under its own lock. Read by: the scenario, under the same.
    private readonly List<WalkFrame> _frames = [];
    private volatile bool _isStopping;

    private WalkTap(LivePort port)
    {
        _port = port;
        _thread = new Thread(Listen) { IsBackground = true };
        _thread.Start();
    }

    public static WalkTap Open(string inNamespace, string networkInterface)
    {
        LivePort? port = null;
        NetworkNamespace.Run(inNamespace, () =>
        {
            var options = new LivePortOptions(1, networkInterface)
            {
                TurnOffloadsOff = false,
                SnapBytes = SnapBytes,
                BufferBytes = BufferBytes,
            };
            if (!LivePort.TryOpen(options, _ => { }, out port, out var problem))
                throw new LabException(problem!.Message, problem.ExitCode);
        });
        return new WalkTap(port!);
    }

    /// <summary>The first TCP frame that came in and is wanted, within half a minute; null when
    /// none did.</summary>
    public WalkFrame? Await(Func<WalkFrame, bool> wanted)
    {
        WalkFrame? found = null;
        _ = SpinWait.SpinUntil(() => (found = First(wanted)) is not null, TimeSpan.FromSeconds(30));
        return found;
    }

    public WalkFrame? First(Func<WalkFrame, bool> wanted)
    {
        lock (_frames) return _frames.FirstOrDefault(wanted);
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        _port.Dispose();
    }

    private void Listen()
    {
        var burst = new FrameBurst();
        while (!_isStopping)
        {
            var count = _port.Receive(burst);
            lock (_frames)
            {
                for (var i = 0; i < count && _frames.Count < MostFrames; i++)
                {
                    if (WalkFrame.TryRead(burst.Frames[i].Span, out var frame)) _frames.Add(frame!);
                }
            }
            _port.Release(burst);
            if (count == 0) Thread.Sleep(PauseMs);
        }
    }
}
