// Who answers for the VIPs besides the switch. A real server that does (direct server return gives
// it the VIP, and a kernel answers for every address of its host) takes the clients to itself: the
// "ARP problem". Anyone else is another switch, or a host with a wrong address.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor.Checks;

/// <summary>Answers for VIPs and proxy addresses that are not the switch's.</summary>
internal sealed class VipAnswerCheck : IDoctorCheck
{
    private const string Quiet =
        "sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2";

    public string Name => "arp";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        if (patient.Survey.Asked.Count == 0) yield break;
        bool any = false;
        foreach (IpAddress address in Addresses(patient).Distinct())
        {
            // One host may be heard on several ports.
            foreach (SurveyAnswer answer in
                patient.Survey.Of(address).DistinctBy(answer => answer.Mac))
            {
                any = true;
                yield return Judge(patient, answer);
            }
        }
        if (!any) yield return Finding.Ok("nobody but the switch answers for a VIP");
    }

    private static IEnumerable<IpAddress> Addresses(Examination patient) =>
        patient.Virts.SelectMany(virt => virt.Services
            .SelectMany(service => service.ProxyAddresses).Prepend(virt.Address!.Value));

    private static Finding Judge(Examination patient, SurveyAnswer answer)
    {
        string said = $"{answer.Address} is also answered by {patient.Describe(answer.Mac)} on "
            + $"port {answer.Port}";
        if (patient.FindReal(answer.Mac) is not { } real)
        {
            return Finding.Fail(
                $"{said}, which is no real server: another switch, or a host with a wrong address",
                DuplicateCheck.Remove(answer.Address, $"the host with MAC {answer.Mac}"));
        }
        return answer.Address.IsV6
            ? Finding.Fail($"{said}: clients go there past the switch; a VIP belongs on lo there",
                DuplicateCheck.Remove(answer.Address, Examination.Name(real)))
            : Finding.Fail($"{said}: the DSR \"ARP problem\", clients go there past the switch",
                new Cure(Quiet, Examination.Name(real)));
    }
}
