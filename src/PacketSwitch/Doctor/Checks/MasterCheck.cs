// Whether the kernel forwards the ports' frames too: an interface in a bridge or a bond hands it
// every frame that the switch also takes, and each goes out twice.

namespace PacketSwitch.Doctor.Checks;

/// <summary>Ports that belong to something of the kernel's.</summary>
internal sealed class MasterCheck : IDoctorCheck
{
    public string Name => "kernel bridge";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        PortUnderExamination[] there = [.. patient.Ports.Where(port => port.Interface is not null)];
        PortUnderExamination[] members = [.. there.Where(port => port.Interface!.Master != "")];
        foreach (PortUnderExamination port in members)
        {
            yield return Finding.Fail(
                $"port {port.Id}: {port.Name} is a member of {port.Interface!.Master}; the kernel "
                + "forwards its frames beside the switch, and they arrive twice",
                new Cure($"ip link set dev {port.Name} nomaster"));
        }
        if (there.Length > 0 && members.Length == 0)
            yield return Finding.Ok("no port is in a bridge or a bond of the kernel");
    }
}
