// A message from a loop to the control plane: a frame that needs it, or a neighbour that must be resolved. Slots of a
// loop's punt queue, filled in place.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>What a punt asks for.</summary>
public enum PuntKind : byte
{
    /// <summary>An ARP or neighbour discovery frame, to answer (verdict punt) or only to learn from.</summary>
    Arp,

    /// <summary>An ICMP echo request to an address of the switch, to answer.</summary>
    Echo,

    /// <summary>Frames wait for the neighbour <see cref="Punt.Neighbor"/>.</summary>
    Resolve,

    /// <summary>A frame to be routed waits for the host <see cref="Punt.Address"/>, which has no index yet.</summary>
    ResolveHost,

    /// <summary><see cref="Punt.Port"/> and <see cref="Punt.Other"/> are on one segment.</summary>
    Loop,

    /// <summary>The real server <see cref="Punt.Neighbor"/> refuses SYNs.</summary>
    Refused,
}

/// <summary>One slot: up to <see cref="Limits.PuntBytes"/> of a frame.</summary>
public sealed class Punt
{
    private readonly byte[] _bytes = new byte[Limits.PuntBytes];

    public PuntKind Kind { get; private set; }

    /// <summary>Index of the port the frame came in on.</summary>
    public int Port { get; private set; }

    /// <summary>Index of the port that shares its segment with <see cref="Port"/>.</summary>
    public int Other { get; private set; }

    /// <summary>Index of the neighbour to resolve, or number of the real server that refuses.</summary>
    public int Neighbor { get; private set; }

    /// <summary>The port on which a real server refuses.</summary>
    public int ServicePort { get; private set; }

    /// <summary>The host to resolve.</summary>
    public IpAddress Address { get; private set; }

    /// <summary>The frame's bytes.</summary>
    public Span<byte> Frame => _bytes.AsSpan(0, _length);

    private int _length;

    internal void SetFrame(PuntKind kind, int port, ReadOnlySpan<byte> frame)
    {
        Kind = kind;
        Port = port;
        _length = Math.Min(frame.Length, _bytes.Length);
        frame[.._length].CopyTo(_bytes);
    }

    internal void SetResolve(int neighbor)
    {
        Kind = PuntKind.Resolve;
        Neighbor = neighbor;
        Port = -1;
        _length = 0;
    }

    internal void SetRefused(int real, int servicePort)
    {
        Kind = PuntKind.Refused;
        Neighbor = real;
        ServicePort = servicePort;
        Port = -1;
        _length = 0;
    }

    internal void SetResolveHost(IpAddress address)
    {
        Kind = PuntKind.ResolveHost;
        Address = address;
        Port = -1;
        _length = 0;
    }

    internal void SetLoop(int port, int other)
    {
        Kind = PuntKind.Loop;
        Port = port;
        Other = other;
        _length = 0;
    }
}
