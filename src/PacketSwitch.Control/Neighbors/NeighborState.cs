// What is known of one next hop. Written and read by the control plane's thread only.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>One row of <see cref="NeighborTable"/>.</summary>
internal sealed class NeighborState(IpAddress address)
{
    public IpAddress Address { get; } = address;
    public MacAddress Mac;
    public short Port = -1;
    public short Vlan = -1;

    /// <summary>The next hop of a real server, or a gateway: its index is never given to another address.</summary>
    public bool IsNextHop;

    /// <summary>The MAC is configured: only the port is learned.</summary>
    public bool IsStatic;

    /// <summary>Questions asked since the last answer.</summary>
    public int Tries;

    /// <summary>The old MAC did not answer, or there is none: any answer is believed.</summary>
    public bool IsOpen = true;

    /// <summary>When the next question is due.</summary>
    public long DueNs = long.MaxValue;

    /// <summary>When the row was made, in the data plane's ticks.</summary>
    public uint MadeTick;

    /// <summary>Another MAC claimed the address; it is believed when the old one stays silent.</summary>
    public Neighbor? Claim;

    /// <summary>The row as the data plane sees it.</summary>
    public Neighbor ToNeighbor() => new(Address, Mac, Port, Vlan);
}
