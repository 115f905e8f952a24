// Whether received frames are glued together before the switch sees them.

namespace PacketSwitch.Doctor.Checks;

/// <summary>GRO and LRO on the ports.</summary>
internal sealed class OffloadCheck : IDoctorCheck
{
    public string Name => "offload";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        PortUnderExamination[] there = [.. patient.Ports.Where(port => port.Interface is not null)];
        PortUnderExamination[] gluing =
            [.. there.Where(port => port.Interface is { IsGroOn: true } or { IsLroOn: true })];
        foreach (PortUnderExamination port in gluing)
        {
            string which = port.Interface! switch
            {
                { IsGroOn: true, IsLroOn: true } => "gro off lro off",
                { IsGroOn: true } => "gro off",
                _ => "lro off",
            };
            yield return Finding.Warn(
                $"port {port.Id}: {port.Name} glues received frames together (GRO or LRO): up to "
                + "64 KB are cut in software (slower); run turns it off while it may",
                new Cure($"ethtool -K {port.Name} {which}"));
        }
        if (there.Length > 0 && gluing.Length == 0)
            yield return Finding.Ok("GRO and LRO are off on every port");
    }
}
