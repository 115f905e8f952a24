// A live port of either backend on a veth pair, supervised by the test itself, so that nothing depends on the clock.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

internal sealed class LivePortHarness : PortHarness
{
    public const string SwitchEnd = "p0";
    public const string PeerEnd = "p1";

    private readonly PortKind _kind;
    private readonly InterfacePort _port;
    private readonly List<InterfacePort> _others = [];
    private long _nowMs = 1_000_000;

    public LivePortHarness(PortKind kind, int snapBytes = 0, int bufferBytes = 0, int lanes = 1)
    {
        _kind = kind;
        Namespace = NetworkNamespace.CreateOrSkip();
        try
        {
            if (kind == PortKind.Pcap) SkipWithoutLibPcap();
            Namespace.AddPair(SwitchEnd, PeerEnd);
            Peer = Namespace.Run(() => new WirePeer(PeerEnd));
            var options = new LivePortOptions(8, SwitchEnd)
            {
                SnapBytes = snapBytes,
                BufferBytes = bufferBytes,
                Lanes = lanes,
            };
            _port = Open(options);
            SuperviseUntilUp();
            Events.Clear();
        }
        catch
        {
            Namespace.Dispose();
            throw;
        }
    }

    public NetworkNamespace Namespace { get; }

    public WirePeer Peer { get; private set; }

    /// <summary>What the port reported, in order.</summary>
    public List<PortEvent> Events { get; } = [];

    public override InterfacePort Port => _port;

    public static void SkipWithoutLibPcap() =>
        Skip.IfNot(LibPcapLibrary.IsAvailable(out PortProblem? problem), problem?.Message);

    /// <summary>Opens one more port in the namespace.</summary>
    public InterfacePort OpenOther(int id, string name)
    {
        InterfacePort port = Open(new LivePortOptions(id, name));
        _others.Add(port);
        return port;
    }

    /// <summary>Opens the other end again, after the pair was made anew.</summary>
    public void RenewPeer()
    {
        Peer.Dispose();
        Peer = Namespace.Run(() => new WirePeer(PeerEnd));
    }

    /// <summary>Looks until the port is up: the kernel tells the carrier up to a second
    /// late.</summary>
    public void SuperviseUntilUp()
    {
        long deadline = Environment.TickCount64 + Patience.Ms;
        Supervise();
        while (!_port.IsUp && Environment.TickCount64 < deadline)
        {
            Thread.Sleep(10);
            Supervise();
        }
    }

    /// <summary>One look of the supervisor, later than any pause between two tries.</summary>
    public void Supervise()
    {
        _nowMs += 2_000;
        Namespace.Run(() => _port.Interface.Supervise(_nowMs));
    }

    public override void Inject(byte[] frame) => Peer.Send(frame);

    public override List<byte[]> Collect(int count)
    {
        List<byte[]> frames = [];
        while (frames.Count < count && Peer.TryReceive(Patience.Ms, out byte[] frame))
        {
            frames.Add(frame);
        }
        return frames;
    }

    public override bool TryTakeDown()
    {
        Namespace.Ip($"link set {SwitchEnd} down");
        Supervise();
        return true;
    }

    public override void BringUp()
    {
        Namespace.Ip($"link set {SwitchEnd} up");
        SuperviseUntilUp();
    }

    public override void SetMtu(int mtu)
    {
        Namespace.Ip($"link set {SwitchEnd} mtu {mtu}");
        Namespace.Ip($"link set {PeerEnd} mtu {mtu}");
        Supervise();
    }

    public override void Dispose()
    {
        _port.Dispose();
        foreach (InterfacePort port in _others) port.Dispose();
        Peer.Dispose();
        Namespace.Dispose();
    }

    private InterfacePort Open(LivePortOptions options)
    {
        return Namespace.Run<InterfacePort>(() =>
        {
            if (_kind == PortKind.Ring)
            {
                bool opened = RingPort.TryOpen(
                    options, Events.Add, out RingPort? ring, out PortProblem? problem);
                Assert.True(opened, problem?.Message);
                return ring!;
            }
            bool isLive = LivePort.TryOpen(
                options, Events.Add, out LivePort? live, out PortProblem? obstacle);
            Assert.True(isLive, obstacle?.Message);
            return live!;
        });
    }
}
