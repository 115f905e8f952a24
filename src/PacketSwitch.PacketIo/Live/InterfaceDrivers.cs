// Tells network cards from interfaces that software makes. On those, the far end may hand over
// super-frames whatever this end's offloads say.

namespace PacketSwitch.PacketIo;

/// <summary>What is known of drivers.</summary>
internal static class InterfaceDrivers
{
    private static readonly HashSet<string> Virtual = new(StringComparer.Ordinal)
    {
        "veth", "netkit", "tun", "virtio_net", "vif", "hv_netvsc", "vmxnet3", "bridge", "bonding",
        "team", "macvlan", "macvtap", "ipvlan", "802.1Q VLAN Support", "openvswitch", "vxlan",
        "geneve", "dummy", "ifb",
    };

    /// <summary>True when the driver tells its name and is none that software makes.</summary>
    public static bool IsHardware(InterfaceProbe probe, string name) =>
        probe.TryGetDriver(name, out string driver) && driver.Length > 0
            && !Virtual.Contains(driver);
}
