// Whether the kernel routes what comes in at the ports: packets sent to an interface's own MAC
// would go past the switch, its sessions and its rules.

namespace PacketSwitch.Doctor.Checks;

/// <summary>IP forwarding of the host, port by port.</summary>
internal sealed class HostForwardingCheck : IDoctorCheck
{
    private const string Setting = "forwarding";

    public string Name => "ip_forward";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        PortUnderExamination[] there = [.. patient.Ports.Where(port => port.Interface is not null)];
        PortUnderExamination[] routing =
            [.. there.Where(port => Sysctl.Read(port.Name, Setting) != 0)];
        foreach (PortUnderExamination port in routing)
        {
            yield return Finding.Warn(
                $"port {port.Id}: the kernel routes what comes to {port.Name}'s own MAC "
                + $"{port.Interface!.HardwareAddress}, past the switch and its rules",
                new Cure(Sysctl.Command(port.Name, Setting, 0)));
        }
        if (there.Length > 0 && routing.Length == 0)
            yield return Finding.Ok("the kernel does not route between the ports");
    }
}
