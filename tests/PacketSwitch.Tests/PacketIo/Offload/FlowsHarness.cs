// Two ports on the packet ring with KernelFlows between them, each on a veth pair of one network
// namespace, and a host with offloads at the far end of each. Nothing depends on the clock: that a
// frame did not come is known when one that was sent after it has come.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.PacketIo.Offload;

internal sealed class FlowsHarness : IDisposable
{
    public const int ClientPort = 8, ServerPort = 1;

    private const int PatienceMs = 3_000;

    private readonly FrameBurst _burst = new();
    private readonly Queue<byte[]>[] _onRing = [new(), new()];
    private readonly RingPort[] _ports = new RingPort[2];
    private readonly OffloadPeer[] _peers = new OffloadPeer[2];
    private readonly CarriedFlow<Ipv4Address> _fence =
        CarriedFlow<Ipv4Address>.MacsOnly(0x0aff_0001);
    private long _nowMs = 1_000_000;
    private int _fences;
    private int _fenceNumber;

    public FlowsHarness()
    {
        Namespace = NetworkNamespace.CreateOrSkip();
        KernelFlows? flows = KernelFlows.TryMake(out string why);
        if (flows is null) Namespace.Dispose();
        Skip.If(flows is null, "the kernel carries no flows here: " + why);
        Flows = flows!;
        try
        {
            for (int side = 0; side < 2; side++)
            {
                AddPair(side);
                _ports[side] = Open(side);
                RenewPeer(side);
                Supervise(side);
            }
            TakeFence();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace Namespace { get; }

    public KernelFlows Flows { get; }

    public RingPort Client => _ports[0];

    public RingPort Server => _ports[1];

    /// <summary>Takes the flow by which <see cref="Keep(bool, byte[])"/> knows that nothing else
    /// was carried; again when an interface was made anew.</summary>
    public void TakeFence()
    {
        if (_fenceNumber != 0)
        {
            Flows.End(_fenceNumber);
            Flows.Free(_fenceNumber);
        }
        _fenceNumber = Take(_fence);
    }

    /// <summary>Takes a flow, which must be taken, and returns its number.</summary>
    public int Take<TAddress>(CarriedFlow<TAddress> flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int number = Flows.TryTake(flow.FromClient, flow.FromServer);
        Assert.InRange(number, 1, Flows.Capacity);
        return number;
    }

    public void Send(bool fromClient, VirtioHeader header, byte[] frame) =>
        _peers[fromClient ? 0 : 1].Send(header, frame);

    /// <summary>Sends a frame that the kernel must carry, and returns it as it came out of the
    /// other port; it is on no ring.</summary>
    public byte[] Carry(bool fromClient, VirtioHeader header, byte[] frame, out VirtioHeader left)
    {
        Send(fromClient, header, frame);
        byte[] carried = Arrived(fromClient, out left);
        byte[] fence = TestFrames.Make(++_fences);
        Send(fromClient, default, fence);
        Assert.Equal(fence, NextOnRing(fromClient));
        return carried;
    }

    public byte[] Carry(bool fromClient, byte[] frame) =>
        Carry(fromClient, default, frame, out _);

    /// <summary>Sends a frame that must reach the ring as it is, and not the other port.</summary>
    public void Keep(bool fromClient, VirtioHeader header, byte[] frame)
    {
        Send(fromClient, header, frame);
        Assert.Equal(frame, NextOnRing(fromClient));
        byte[] fence = _fence.Frame(fromClient, CarriedFlow<Ipv4Address>.FirstSequence);
        Send(fromClient, default, fence);
        Assert.Equal(_fence.Rewritten(fromClient, fence), Arrived(fromClient, out _));
    }

    public void Keep(bool fromClient, byte[] frame) => Keep(fromClient, default, frame);

    /// <summary>What comes out of the other port next.</summary>
    public byte[] Arrived(bool fromClient, out VirtioHeader header)
    {
        OffloadPeer far = _peers[fromClient ? 1 : 0];
        bool isThere = far.TryReceive(PatienceMs, out header, out byte[] frame);
        Assert.True(isThere, "nothing came out of the other port");
        return frame;
    }

    public byte[] NextOnRing(bool ofClient)
    {
        int side = ofClient ? 0 : 1;
        bool isThere = SpinWait.SpinUntil(
            () =>
            {
                ReadRing(side);
                return _onRing[side].Count > 0;
            },
            PatienceMs);
        Assert.True(isThere, "nothing came on the ring");
        return _onRing[side].Dequeue();
    }

    /// <summary>The next frame that has come by now, on the ring or out of the other port; null
    /// when there is none.</summary>
    public byte[]? TryTakeAny(bool fromClient)
    {
        int side = fromClient ? 0 : 1;
        ReadRing(side);
        if (_onRing[side].TryDequeue(out byte[]? kept)) return kept;
        return _peers[1 - side].TryReceive(timeoutMs: 1, out _, out byte[] carried)
            ? carried : null;
    }

    /// <summary>Removes a port's interface, its far end with it.</summary>
    public void Remove(bool ofClient) => Namespace.Ip($"link del {SwitchEnd(ofClient ? 0 : 1)}");

    /// <summary>Makes a port's interface and its far end anew.</summary>
    public void Renew(bool ofClient)
    {
        int side = ofClient ? 0 : 1;
        AddPair(side);
        RenewPeer(side);
    }

    /// <summary>One look of the supervisor, and more until a port that can be up is.</summary>
    public void Supervise(bool ofClient) => Supervise(ofClient ? 0 : 1);

    public void Dispose()
    {
        foreach (RingPort? port in _ports) port?.Dispose();
        foreach (OffloadPeer? peer in _peers) peer?.Dispose();
        Flows.Dispose();
        Namespace.Dispose();
    }

    private static string SwitchEnd(int side) => side == 0 ? "client0" : "server0";

    private static string FarEnd(int side) => side == 0 ? "client1" : "server1";

    private void AddPair(int side) => Namespace.AddPair(SwitchEnd(side), FarEnd(side));

    private void RenewPeer(int side)
    {
        _peers[side]?.Dispose();
        _peers[side] = Namespace.Run(() => new OffloadPeer(FarEnd(side)));
    }

    private RingPort Open(int side) => Namespace.Run(() =>
    {
        int id = side == 0 ? ClientPort : ServerPort;
        var options = new LivePortOptions(id, SwitchEnd(side)) { Flows = Flows };
        bool isOpen = RingPort.TryOpen(options, _ => { }, out RingPort? port, out var problem);
        Assert.True(isOpen, problem?.Message);
        return port!;
    });

    // The kernel tells the carrier up to a second late.
    private void Supervise(int side)
    {
        bool exists = Namespace.TryIp($"link show {SwitchEnd(side)}");
        for (int tries = 0; tries == 0 || (exists && !_ports[side].IsUp && tries < 300); tries++)
        {
            if (tries > 0) Thread.Sleep(10);
            _nowMs += 2_000;
            Namespace.Run(() => _ports[side].Interface.Supervise(_nowMs));
        }
    }

    private void ReadRing(int side)
    {
        int count = _ports[side].Receive(_burst);
        for (int i = 0; i < count; i++) _onRing[side].Enqueue(_burst.Frames[i].Span.ToArray());
        _ports[side].Release(_burst);
    }
}
