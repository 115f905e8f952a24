// Whether the kernel throws away packets that come in by another interface than it would answer by
// (rp_filter 1, strict). With two ports in one network that is half of what concerns the host:
// answers to its checks of the servers, for one.

namespace PacketSwitch.Doctor.Checks;

/// <summary>The reverse path filter of the ports.</summary>
internal sealed class ReversePathCheck : IDoctorCheck
{
    private const string Setting = "rp_filter";
    private const int Strict = 1;
    private const int Loose = 2;

    public string Name => "rp_filter";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        // The larger of the two counts (ip-sysctl.rst).
        int all = Sysctl.Read("all", Setting);
        PortUnderExamination[] there = [.. patient.Ports.Where(port => port.Interface is not null)];
        PortUnderExamination[] strict =
        [
            .. there.Where(port => Math.Max(all, Sysctl.Read(port.Name, Setting)) == Strict),
        ];
        foreach (PortUnderExamination port in strict)
        {
            yield return Finding.Warn(
                $"port {port.Id}: {port.Name} is strict: of two ports in one network, the kernel "
                + "throws away what comes in by the other one, answers to health checks too",
                new Cure(Sysctl.Command(port.Name, Setting, Loose)));
        }
        if (there.Length > 0 && strict.Length == 0)
            yield return Finding.Ok("not strict on any port");
    }
}
