// The MAC by which the host's stack names a real server though it sends to a VIP: so a DSR server is checked over the path of the data
// (`viphlth`). Such a MAC exists between the host and its port only; nothing with it ever leaves the switch.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>MACs that stand for real servers.</summary>
public static class ProbeMac
{
    private const ulong Prefix = 0x0650_5350_0000;
    private const ulong NumberMask = 0xffff;

    /// <summary>The MAC of a real server's number.</summary>
    public static MacAddress Of(int real) => new(Prefix | ((ulong)real & NumberMask));

    /// <summary>The number that a MAC stands for; false when it is an ordinary one.</summary>
    public static bool TryRead(MacAddress mac, out int real)
    {
        real = (int)(mac.Value & NumberMask);
        return (mac.Value & ~NumberMask) == Prefix;
    }
}
