// How a network interface stands, for those who judge it and change nothing: doctor. Plain data.

using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>An interface of this network namespace at one moment.</summary>
/// <param name="Name">The kernel's name for it.</param>
/// <param name="IsEnabled">Set up by an administrator.</param>
/// <param name="HasCarrier">Ready to carry frames.</param>
/// <param name="Mtu">The longest IP packet in bytes.</param>
/// <param name="HardwareAddress">Its Ethernet address.</param>
/// <param name="IsGroOn">Generic receive offload glues received frames together.</param>
/// <param name="IsLroOn">So does the card itself.</param>
/// <param name="Master">The bridge or bond it is a member of, or empty.</param>
public sealed record InterfaceReport(
    string Name,
    bool IsEnabled,
    bool HasCarrier,
    int Mtu,
    MacAddress HardwareAddress,
    bool IsGroOn,
    bool IsLroOn,
    string Master)
{
    /// <summary>Asks the kernel; null when there is no interface of that name.</summary>
    public static InterfaceReport? Read(string name)
    {
        using var probe = new InterfaceProbe();
        if (!probe.TryRead(name, out InterfaceState state)) return null;
        var offloads = new InterfaceOffloads(probe, name);
        string master = string.Empty;
        if (LinkMaster.TryFind(state.Index, out int index)) probe.TryGetName(index, out master);
        return new InterfaceReport(
            name, state.IsEnabled, state.HasCarrier, state.Mtu, state.HardwareAddress,
            offloads.IsGroOn(), offloads.IsLroOn(), master);
    }
}
