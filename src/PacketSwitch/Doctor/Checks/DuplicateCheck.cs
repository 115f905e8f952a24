// Whether two hosts have one address: each of its packets goes to whichever answered last.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor.Checks;

/// <summary>Addresses of real servers and of the switch that more than one host has.</summary>
internal sealed class DuplicateCheck : IDoctorCheck
{
    public string Name => "duplicates";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        if (patient.Survey.Asked.Count == 0) yield break;
        bool any = false;
        foreach (RealConfig real in patient.Reals)
        {
            IpAddress address = real.Address!.Value;
            MacAddress[] macs =
                [.. patient.Survey.Of(address).Select(answer => answer.Mac).Distinct()];
            if (macs.Length < 2) continue;
            any = true;
            yield return Finding.Fail(
                $"{Examination.Name(real)} {address} is answered by {macs.Length} hosts, "
                + $"{string.Join(" and ", macs.Select(patient.Describe))}: sessions go to "
                + "whichever answered last",
                Remove(address, Intruder(patient, real, macs)));
        }
        foreach (InterfaceConfig item in patient.Config!.Interfaces.Where(item => item.Enabled))
        {
            if (item.Address is not { } own
                || patient.Survey.Of(own).FirstOrDefault() is not { } answer) continue;
            any = true;
            yield return Finding.Fail(
                $"if {item.Id} {own}, the switch's own address, is answered by "
                + $"{patient.Describe(answer.Mac)} on port {answer.Port}",
                Remove(own, HostName(patient, answer.Mac)));
        }
        if (!any) yield return Finding.Ok("no address is answered by two hosts");
    }

    /// <summary>Takes an address from a host, whichever interface has it.</summary>
    public static Cure Remove(IpAddress address, string host) => new(
        $"ip -o address show to {address} | while read -r _ dev _ net _; "
        + "do ip address del \"$net\" dev \"$dev\"; done", host);

    /// <summary>The host with a MAC, as a person finds it.</summary>
    public static string HostName(Examination patient, MacAddress mac) =>
        patient.FindReal(mac) is { } real ? Examination.Name(real) : $"the host with MAC {mac}";

    // The one that has an address of its own beside this one; else nobody can tell.
    private static string Intruder(Examination patient, RealConfig real, MacAddress[] macs)
    {
        MacAddress[] others = real.Mac is { } said
            ? [.. macs.Where(mac => mac != said)]
            : [.. macs.Where(mac => patient.FindReal(mac) is { } owner && owner.Id != real.Id)];
        return others.Length > 0
            ? HostName(patient, others[0])
            : $"the one that shall not have it, MAC {string.Join(" or ", macs)}";
    }
}
