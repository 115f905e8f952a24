// Frames held for a neighbour go when the snapshot knows its link address. Used by PortLoop.

namespace PacketSwitch.DataPlane;

/// <summary>The rule of frames that wait for ARP or neighbour discovery.</summary>
internal readonly struct NeighborRule(SwitchSnapshot snapshot) : IHoldRule
{
    public DropReason TooLate => DropReason.NoArp;

    public bool IsDue(int holder)
        => holder >= snapshot.Neighbors.Length || snapshot.Neighbors[holder].IsResolved;

    public void Emptied(int holder)
    {
    }
}
