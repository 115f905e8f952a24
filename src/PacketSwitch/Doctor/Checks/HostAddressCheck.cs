// Whether the host's own stack has an address that is the switch's: it would answer ARP, and TCP
// with a RST, before the switch's answer comes.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor.Checks;

/// <summary>VIPs, proxy addresses and real servers' addresses on this host.</summary>
internal sealed class HostAddressCheck : IDoctorCheck
{
    public string Name => "host address";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        if (patient.Config is null) yield break;
        var claimed = new List<(IpAddress Address, string What)>();
        foreach (VirtConfig virt in patient.Virts)
        {
            claimed.Add((virt.Address!.Value, "VIP"));
            claimed.AddRange(virt.Services.SelectMany(service => service.ProxyAddresses)
                .Select(proxy => (proxy, "proxy address")));
        }
        claimed.AddRange(patient.Reals.Select(
            real => (real.Address!.Value, Examination.Name(real))));
        bool any = false;
        foreach ((IpAddress address, string what) in claimed.DistinctBy(item => item.Address))
        {
            foreach (HostAddressFound found in patient.HostAddresses)
            {
                if (found.Address != address) continue;
                any = true;
                yield return Finding.Fail(
                    $"{what} {address} is also configured on this host, on {found.Interface}: "
                    + "its kernel answers, with a RST to every connection",
                    new Cure(
                        $"ip address del {address}/{found.PrefixLength} dev {found.Interface}"));
            }
        }
        foreach (Finding finding in OwnAddresses(patient))
        {
            any = true;
            yield return finding;
        }
        if (!any) yield return Finding.Ok("no VIP is configured on this host");
    }

    // An `if` address may lie on the host port, but not on a port of the switch.
    private static IEnumerable<Finding> OwnAddresses(Examination patient) =>
        from item in patient.Config!.Interfaces
        where item.Enabled
        from found in patient.HostAddresses
        where found.Address == item.Address
            && patient.Ports.Any(port => port.Name == found.Interface)
        select Finding.Fail(
            $"if {item.Id} {found.Address} is also configured on the port's interface "
            + $"{found.Interface}: kernel and switch would both answer",
            new Cure($"ip address del {found.Address}/{found.PrefixLength} dev {found.Interface}"));
}
