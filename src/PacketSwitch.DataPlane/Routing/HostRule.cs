// Frames held for a host go when the snapshot knows its link address. Used by PortLoop.

namespace PacketSwitch.DataPlane;

/// <summary>The rule of frames that wait for a host which is only routed to.</summary>
internal readonly struct HostRule(HostQueue hosts, SwitchSnapshot snapshot) : IHoldRule
{
    public DropReason TooLate => DropReason.NoArp;

    public bool IsDue(int holder) => snapshot.Routes.IndexOf(hosts[holder]) >= 0;

    public void Emptied(int holder) => hosts.Forget(holder);
}
