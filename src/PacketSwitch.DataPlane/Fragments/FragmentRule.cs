// Fragments held for the first one of their datagram go when it has been decided. Used by PortLoop.

namespace PacketSwitch.DataPlane;

/// <summary>The rule of fragments that came before the first.</summary>
internal readonly struct FragmentRule(FragmentTable table) : IHoldRule
{
    public DropReason TooLate => DropReason.FragmentTimeout;

    public bool IsDue(int holder) => table[holder].Decision != FragmentDecision.Waiting;

    public void Emptied(int holder) => table.ForgetUndecided(holder);
}
