// A neighbour on a link: who frames to a real server or gateway are addressed to. Part of the snapshot, written by
// the control plane's ARP and neighbour discovery.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>A neighbour's link address.</summary>
/// <param name="Address">Its IP address.</param>
/// <param name="Mac">Its MAC; zero while it is not resolved.</param>
/// <param name="Port">Index of the port it is behind, or -1 when only the MAC is known.</param>
/// <param name="VlanTag">The VLAN it is in (VID, 0 untagged), or -1 when unknown: the frame's own tag is kept.</param>
public readonly record struct Neighbor(IpAddress Address, MacAddress Mac, short Port, short VlanTag)
{
    /// <summary>Its MAC. Not to be changed by `with`: <see cref="MacWord"/> would stay.</summary>
    public MacAddress Mac { get; } = Mac;

    /// <summary><see cref="MacAddress.Word"/> of the MAC, ready for every frame (2 % of the
    /// engine's time otherwise). Zero while it is not resolved.</summary>
    public ulong MacWord { get; } = Mac.Word;

    /// <summary>True when frames can be sent to it.</summary>
    public bool IsResolved => !Mac.IsZero;
}
